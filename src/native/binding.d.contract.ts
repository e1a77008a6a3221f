// CONTRACT DRAFT of src/native/binding.ts (H3 implements and may refine; tell the architect of changes).
// Every function throws SystemError { call, errno, subject } on failure unless it says otherwise.

export type Family = 'ipv4' | 'ipv6';

export interface SocketSpec {
  readonly family: Family;
  readonly type: 'stream' | 'dgram' | 'raw' | 'seqpacket';
  readonly protocol: number;
  /** Numeric; '' = any. */
  readonly address: string;
  readonly port: number;
  readonly isV6Only: boolean; // IPV6_V6ONLY, set explicitly 0/1 on IPv6 sockets
  readonly isNoDelay: boolean;
  readonly isKeepAlive: boolean;
  readonly backlog: number; // 4096; listen only for stream/seqpacket
}
/** socket, options (SO_REUSEADDR always), bind, multicast join for an IPv4 multicast address, listen; CLOEXEC. */
export declare function openSocket(spec: SocketSpec): number;
export declare function localPort(fd: number): number;

/** A watched descriptor. `pause` also stops the poll; blocking mode of the description is restored by `setBlocking`. */
export interface Watch { pause(): void; resume(): void; close(): void }

export interface AcceptWatchOptions {
  /** Try IPV6_ADDRFORM on v4-mapped peers, so that the server sees an AF_INET socket. */
  readonly convertMapped: boolean;
  /** text is inet_ntop of the peer (`::ffff:1.2.3.4` kept, also after conversion); w0..w3 unsigned 32-bit words (IPv4 in w0). */
  readonly onConnection: (fd: number, family: 4 | 6, port: number, text: string, w0: number, w1: number, w2: number, w3: number) => void;
  /** accept failed with something other than EAGAIN/EINTR/ECONNABORTED; the watch is left running, the owner decides. */
  readonly onError: (errno: number) => void;
}
/** accept4(CLOEXEC) in a loop bounded to 64 per wake-up. */
export declare function watchAccept(fd: number, options: AcceptWatchOptions): Watch;
/** Level-triggered readability (listening sockets of wait = yes, datagram sockets). */
export declare function watchReadable(fd: number, onReadable: () => void): Watch;
/** A connection served in-process: says which side is ready; `want` chooses what to hear of. */
export interface ReadyWatch { want(isReadable: boolean, isWritable: boolean): void; close(): void }
export declare function watchReady(fd: number, onReady: (isReadable: boolean, isWritable: boolean) => void): ReadyWatch;

export interface LaunchProfileSpec {
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly directory: string; // '/'
  readonly ids: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | undefined; // undefined: unchanged
  readonly umask: number | undefined;
  readonly nice: number | undefined;
  readonly rlimits: readonly { readonly resource: string; readonly limit: number }[]; // 'as','cpu','data','rss','stack','nofile'; Infinity = RLIM_INFINITY; soft = hard
}
export interface LaunchProfile { readonly __profile: unique symbol }
/** Compiles once per service; freed when unreferenced and no launch in flight. Byte strings (latin1). */
export declare function launchProfile(spec: LaunchProfileSpec): LaunchProfile;
/**
 * Starts the server with fd as 0, 1, 2. extraEnv: `NAME=value` strings appended for this connection only.
 * Does not close fd. Returns the pid; throws SystemError for clone.
 */
export declare function launch(profile: LaunchProfile, fd: number, extraEnv: readonly string[]): number;

/** One exit. step/errno are non-zero when set-up or exec failed (then the server never ran). */
export type OnExit = (pid: number, status: number | undefined, signal: number | undefined, step: string | undefined, errno: number) => void;
/** SIGCHLD + wait4(WNOHANG) loop. Once per process; unknown pids (PID 1's orphans) are reported too. */
export declare function watchExits(onExit: OnExit): { close(): void };

export declare function closeFd(fd: number): void;
export declare function setBlocking(fd: number, isBlocking: boolean): void;
/** MSG_DONTWAIT|MSG_NOSIGNAL; returns bytes sent (0 when it would block). */
export declare function sendNow(fd: number, bytes: Uint8Array): number;
/** Non-blocking recv; undefined = would block; 0 = end of file. */
export declare function receiveNow(fd: number, into: Uint8Array): number | undefined;
export declare function shutdownFd(fd: number, how: 'read' | 'write' | 'both'): void;
export interface Datagram { readonly length: number; readonly family: 4 | 6; readonly port: number; readonly text: string; readonly words: readonly [number, number, number, number] }
/** Non-blocking recvfrom; peek leaves it queued. undefined = nothing there. */
export declare function receiveFrom(fd: number, into: Uint8Array, peek: boolean): Datagram | undefined;
/** Replies to the sender of the last datagram received on fd by receiveFrom. Returns false if it would block. */
export declare function replyTo(fd: number, bytes: Uint8Array, to: Datagram): boolean;
/** Unix datagram (syslog): connect + non-blocking send. */
export declare function openUnixDatagram(path: string): number;

export declare function lookupUser(nameOrUid: string | number): { name: string; uid: number; gid: number } | undefined;
export declare function lookupGroup(nameOrGid: string | number): { name: string; gid: number } | undefined;
export declare function groupList(user: string, gid: number): readonly number[];
export declare function strerror(errno: number): string;
/** Arms the C timer that gives memory back after `delayMs` of no further call. */
export declare function trimLater(delayMs: number): void;
/** Detach: re-exec this program with a status pipe; see daemon/startup.ts. */
export declare function spawnDetached(path: string, argv: readonly string[], env: readonly string[], statusFdNumber: number): { pid: number; statusFd: number };
/** prlimit of this process: soft and hard. */
export declare function descriptorLimit(): { soft: number; hard: number };
