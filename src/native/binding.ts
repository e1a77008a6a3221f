// The typed face of the native core, and the only importer of the .node file.
// Every function throws SystemError { call, errno, subject } when the kernel says no, and TypeError for a wrong argument.
// Descriptors are plain numbers owned by the caller. Text is byte strings (latin1). One event loop per process, no worker thread.
import { loadAddon } from './addon-file.ts';
import type { SocketSpec } from './socket-kinds.ts';
import { SystemError } from './system-error.ts';
import type { Addon, WatchHandle } from './verbs.ts';

/** A watched descriptor. Closing is final and may be repeated; the descriptor itself stays open. */
export interface Watch {
  pause(): void;
  resume(): void;
  close(): void;
}

/** How a listener's connections are handed over. */
export interface AcceptWatchOptions {
  /** Try IPV6_ADDRFORM on v4-mapped peers, so that the server sees an AF_INET socket. */
  readonly convertMapped: boolean;
  /**
   * Takes over `fd` (blocking, close-on-exec). `text` is inet_ntop of the peer (`::ffff:1.2.3.4` also after conversion);
   * w0..w3 are unsigned 32-bit words, an IPv4 address in w0. When it throws, fd is closed unless `closeFd` has been.
   */
  readonly onConnection: (
    fd: number,
    family: 4 | 6,
    port: number,
    text: string,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
  ) => void;
  /** accept failed with more than EAGAIN, EINTR, ECONNABORTED; the watch runs on and will say so again unless paused. */
  readonly onError: (errno: number) => void;
}

/** A connection served in-process. It wants nothing at first. */
export interface ReadyWatch {
  want(isReadable: boolean, isWritable: boolean): void;
  close(): void;
}

/** Everything about a server that is the same for each of its connections. */
export interface LaunchProfileSpec {
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly directory: string;
  /** undefined: unchanged. Set and read back in the child before exec. */
  readonly ids: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | undefined;
  readonly umask: number | undefined;
  /** Added to the daemon's own niceness, as nice(2) does. */
  readonly nice: number | undefined;
  /** Soft and hard at once; Infinity = unlimited. */
  readonly rlimits: readonly { readonly resource: string; readonly limit: number }[];
}

/** A checked and compiled LaunchProfileSpec; its memory goes when it is unreferenced and no child can still read it. */
export interface LaunchProfile {
  readonly __profile: unique symbol;
}

/** The steps of a child's set-up, in the order they are taken. */
export type LaunchStep =
  | 'sigaction'
  | 'setsid'
  | 'dup2'
  | 'close_range'
  | 'setrlimit'
  | 'nice'
  | 'chdir'
  | 'setgroups'
  | 'setgid'
  | 'setuid'
  | 'verify ids'
  | 'sigprocmask'
  | 'execve';

/**
 * One exit: `status` or `signal`. `step` and `errno` are set when set-up or exec failed (status 126): then the server's
 * program never ran.
 */
export type OnExit = (
  pid: number,
  status: number | undefined,
  signal: number | undefined,
  step: LaunchStep | undefined,
  errno: number,
  /** Processor time of the child and those it waited for. */
  cpuMicroseconds: number,
) => void;

/** A datagram received, and whom to answer. */
export interface Datagram {
  readonly length: number;
  readonly family: 4 | 6;
  readonly port: number;
  readonly text: string;
  readonly words: readonly [number, number, number, number];
  /** Interface index of a link-local IPv6 address. */
  readonly scope?: number;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table in addon.c is what makes this true
const addon = loadAddon(import.meta.url) as Addon;
addon.initialise(SystemError);

/** Opens a close-on-exec socket: options (SO_REUSEADDR always), filter as below, bind, join of a multicast address, listen. */
export const openSocket = (spec: SocketSpec, filter: Uint8Array = new Uint8Array()): number =>
  addon.openSocket(spec, filter);
/**
 * Opens a listening unix socket. A file that a dead listener has left is replaced; one that is in use, or is no socket, is an
 * error of bind.
 */
export const openUnixSocket = addon.openUnixSocket;
/** Removes the file of a unix socket, unless another has taken its place. */
export const removeSocketFile = addon.removeSocketFile;
/** Who has connected to a unix socket. */
export const peerPerson = addon.peerPerson;
/** What a descriptor is a socket of; undefined for anything else, an unused number included. */
export const describeSocket = addon.describeSocket;
/**
 * A descriptor of our own for a socket that somebody else has bound, with the options of a service; it listens. The one
 * given stays open and the other's.
 */
export const adoptSocket = addon.adoptSocket;
/** Keeps a descriptor that was inherited from being inherited further. */
export const closeOnExec = addon.closeOnExec;
/** What a socket is bound to, this end of a connected one. */
export const localEndpoint = addon.localEndpoint;
/** The port a socket is bound to; 0 where there is none. */
export const localPort = (fd: number): number => localEndpoint(fd).port;
/** Sets SO_KEEPALIVE. */
export const keepAlive = addon.keepAlive;
/** Sets SO_LINGER; 0 is off. */
export const linger = addon.linger;
/** Sets a socket's packet filter (struct sock_filter; empty: none), which connections accepted from it have too. */
export const setFilter = addon.setFilter;
/** Closes a descriptor. */
export const closeFd = addon.closeFd;
/** Sets the mode of the description, which watching has made non-blocking and which a server shares. */
export const setBlocking = addon.setBlocking;
/** Shuts down one or both ways of a connection. */
export const shutdownFd = addon.shutdownFd;
/** Sends what the socket takes now; returns the number of bytes, 0 when it would block. Raises no SIGPIPE. */
export const sendNow = addon.sendNow;
/** Receives what is there now: the number of bytes, 0 at the end of the stream, undefined when it would block. */
export const receiveNow = addon.receiveNow;
/** Receives one datagram; `peek` leaves it queued. undefined = nothing there. `length` is at most the room in `into`. */
export const receiveFrom = addon.receiveFrom;
/** Tells the datagram that waits first from all others; undefined when none does. */
export const datagramStamp = addon.datagramStamp;
/** Answers the sender of a datagram; false when it would block. */
export const replyTo = addon.replyTo;
/** Opens a non-blocking unix datagram socket connected to `path` (syslog, service manager); `@name` is an abstract address. */
export const openUnixDatagram = addon.openUnixDatagram;

/** Accepts connections, at most 64 per turn of the loop. Makes the description of fd non-blocking. */
export function watchAccept(fd: number, options: AcceptWatchOptions): Watch {
  return pausable(addon.watchAccept(fd, options.convertMapped, options.onConnection, options.onError));
}

/** Says so, again and again, while fd is readable. Makes the description of fd non-blocking: see `setBlocking`. */
export function watchReadable(fd: number, onReadable: () => void): Watch {
  return pausable(addon.watchReadable(fd, onReadable));
}

/** Says which wanted side of a connection is ready; a broken connection is ready on every wanted side. */
export function watchReady(fd: number, onReady: (isReadable: boolean, isWritable: boolean) => void): ReadyWatch {
  const handle = addon.watchReady(fd, onReady);
  return {
    want: (isReadable, isWritable) => addon.watchWant(handle, isReadable, isWritable),
    close: () => addon.watchClose(handle),
  };
}

function pausable(handle: WatchHandle): Watch {
  return {
    pause: () => addon.watchWant(handle, false, false),
    resume: () => addon.watchWant(handle, true, false),
    close: () => addon.watchClose(handle),
  };
}

/** Checks and compiles a profile; once per service and configuration. */
export const launchProfile = addon.launchProfile;
/**
 * Starts a server with fd as 0, 1, 2 and returns its pid without waiting for anything. `extraEnv` (`NAME=value`) is appended
 * for this connection only. fd stays open and the caller's. Throws for clone only: what fails later comes to `watchExits`.
 */
export const launch = addon.launch;

/** Tells every exit of every child of this process, orphans of PID 1 included. One watch at a time. */
export function watchExits(onExit: OnExit): { close(): void } {
  addon.watchExits(onExit);
  return { close: addon.closeExits };
}

/** The other end of a relay. */
export interface RelayTarget {
  /** Numeric, or the absolute path of a unix socket. */
  readonly address: string;
  readonly port: number;
  readonly isKeepAlive: boolean;
  /** At most 256 bytes, sent before anything else. */
  readonly preface: Uint8Array;
  /** The longest that connecting may take, in milliseconds. */
  readonly connectMs: number;
}

/** A relay under way. */
export interface Relay {
  /** Closes both sides early; `onEnd` follows. */
  readonly end: () => void;
}

/** `errno` of connecting or of moving bytes, 0 when all went well; bytes from the client and from the target. */
export type OnRelayEnd = (errno: number, inBytes: number, outBytes: number) => void;

/**
 * Connects to the target and joins it with `client`, on a thread of its own; half-closes are passed on. Owns `client` from now
 * on. `onEnd` is called once, after both sides are closed; `end` closes them early and may be called until then.
 */
export function relay(client: number, target: RelayTarget, onEnd: OnRelayEnd): Relay {
  const { address, port, isKeepAlive, preface, connectMs } = target;
  let isEnded = false;
  const id = addon.startRelay(client, address, port, isKeepAlive, preface, connectMs, (...outcome) => {
    isEnded = true;
    onEnd(...outcome);
  });
  return {
    end: () => {
      if (!isEnded) addon.endRelay(id);
    },
  };
}

/** Tells these signals from now on, several of one kind as one when they come together. One watch at a time. */
export function watchSignals(numbers: readonly number[], onSignal: (number: number) => void): { close(): void } {
  addon.watchSignals(numbers, onSignal);
  return { close: addon.closeSignals };
}

/**
 * Starts a program in its own session with /dev/null as 0 and 1, our stderr, and the write end of a pipe as
 * `statusFdNumber` (3 to 15); nothing else is open in it. `statusFd` is the read end, close-on-exec. Throws when exec fails.
 */
export const spawnDetached = addon.spawnDetached;
/**
 * Lets another program take this process over: same pid, same children; `keepFds` and 0 to 2 stay open, nothing else does.
 * Returns only by throwing SystemError (`execve`), and then nothing has changed.
 */
export const execInPlace: Addon['execInPlace'] = addon.execInPlace;
/**
 * From now on a program that aborts or faults is followed by this one as by `execInPlace`, in `directory`. The first of
 * `keepFds` is its record: the crash appends "SIGNAL PID\n", where PID is a copy of the process that died of the signal.
 * A later plan replaces this one. Needs `watchSignals` first, if at all.
 */
export const planRestart = addon.planRestart;
/** A crash is the end again. */
export const cancelRestart = addon.cancelRestart;
/** Carries the plan out. Returns only where there is none, or by throwing SystemError (`execve`). */
export const restartNow = addon.restartNow;
/** Opens an empty file that is nowhere but in memory. */
export const memoryFile = addon.memoryFile;
/** Sends bytes and a copy of a descriptor over a unix socket; false when that would block. */
export const sendDescriptor = addon.sendDescriptor;
/** Soft and hard limit of descriptors of this process; Infinity = unlimited. */
export const descriptorLimit = addon.descriptorLimit;

/** NSS look-ups: they may block, so at load time only. undefined = there is none. */
export const lookupUser = addon.lookupUser;
/** See `lookupUser`. */
export const lookupGroup = addon.lookupGroup;
/** All groups of a user as initgroups(3) would set them, `gid` included. May block. */
export const groupList = addon.groupList;
/** The text of an errno. */
export const strerror = addon.strerror;
/** The same with its number: `Permission denied (errno = 13)`. */
export const describeErrno = (errno: number): string => `${strerror(errno)} (errno = ${errno})`;
/** Gives unused memory back once `delayMs` have passed without another call. Keeps no process alive. */
export const trimLater = addon.trimLater;
/**
 * Gives unused memory back at once if the process has at most `mostKilobytes` in all (more takes long), and once more
 * `delayMs` later; does nothing while `trimLater` waits.
 */
export const trimNow = addon.trimNow;
