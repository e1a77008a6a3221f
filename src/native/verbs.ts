// The verbs of the native core as addon.c tables them; binding.ts gives them names, types and documentation for the house.

import type { AcceptWatchOptions, LaunchProfileSpec, LaunchProfile, OnExit, Datagram, OnRelayEnd } from './binding.ts';
import type {
  OpenedUnixSocket,
  Person,
  SocketDescription,
  SocketEnd,
  SocketSpec,
  UnixSocketSpec,
} from './socket-kinds.ts';
import type { SystemError } from './system-error.ts';

/** A watched descriptor. */
export interface WatchHandle {
  readonly __watch: unique symbol;
}

/** The table. */
export interface Addon {
  readonly initialise: (systemError: typeof SystemError) => void;
  readonly openSocket: (spec: SocketSpec, filter: Uint8Array) => number;
  readonly localEndpoint: (fd: number) => SocketEnd;
  readonly keepAlive: (fd: number) => void;
  readonly linger: (fd: number, seconds: number) => void;
  readonly setFilter: (fd: number, program: Uint8Array) => void;
  readonly closeFd: (fd: number) => void;
  readonly setBlocking: (fd: number, isBlocking: boolean) => void;
  readonly shutdownFd: (fd: number, how: 'read' | 'write' | 'both') => void;
  readonly sendNow: (fd: number, bytes: Uint8Array) => number;
  readonly receiveNow: (fd: number, into: Uint8Array) => number | undefined;
  readonly datagramStamp: (fd: number) => number | undefined;
  readonly receiveFrom: (fd: number, into: Uint8Array, peek: boolean) => Datagram | undefined;
  readonly replyTo: (fd: number, bytes: Uint8Array, to: Datagram) => boolean;
  readonly openUnixDatagram: (path: string) => number;
  readonly watchAccept: (
    fd: number,
    isConvertingMapped: boolean,
    onConnection: AcceptWatchOptions['onConnection'],
    onError: AcceptWatchOptions['onError'],
  ) => WatchHandle;
  readonly watchReadable: (fd: number, onReadable: () => void) => WatchHandle;
  readonly watchReady: (fd: number, onReady: (isReadable: boolean, isWritable: boolean) => void) => WatchHandle;
  readonly watchWant: (watch: WatchHandle, isReadable: boolean, isWritable: boolean) => void;
  readonly watchClose: (watch: WatchHandle) => void;
  readonly launchProfile: (spec: LaunchProfileSpec) => LaunchProfile;
  readonly launch: (profile: LaunchProfile, fd: number, extraEnv: readonly string[]) => number;
  readonly watchExits: (onExit: OnExit) => void;
  readonly closeExits: () => void;
  readonly watchSignals: (numbers: readonly number[], onSignal: (number: number) => void) => void;
  readonly closeSignals: () => void;
  readonly startRelay: (
    client: number,
    address: string,
    port: number,
    isKeepAlive: boolean,
    preface: Uint8Array,
    connectMs: number,
    onEnd: OnRelayEnd,
  ) => number;
  readonly endRelay: (id: number) => void;
  readonly spawnDetached: (
    path: string,
    argv: readonly string[],
    env: readonly string[],
    statusFdNumber: number,
  ) => { pid: number; statusFd: number };
  readonly execInPlace: (
    path: string,
    argv: readonly string[],
    env: readonly string[],
    keepFds: readonly number[],
  ) => never;
  readonly planRestart: (
    path: string,
    argv: readonly string[],
    env: readonly string[],
    keepFds: readonly number[],
    directory: string,
  ) => void;
  readonly cancelRestart: () => void;
  readonly restartNow: () => void;
  readonly memoryFile: (name: string) => number;
  readonly closeOnExec: (fd: number) => void;
  readonly sendDescriptor: (fd: number, bytes: Uint8Array, passed: number) => boolean;
  readonly descriptorLimit: () => { soft: number; hard: number };
  readonly lookupUser: (nameOrUid: string | number) => { name: string; uid: number; gid: number } | undefined;
  readonly lookupGroup: (nameOrGid: string | number) => { name: string; gid: number } | undefined;
  readonly groupList: (user: string, gid: number) => readonly number[];
  readonly strerror: (errno: number) => string;
  readonly trimLater: (delayMs: number) => void;
  readonly trimNow: (mostKilobytes: number, delayMs: number) => void;
  readonly openUnixSocket: (spec: UnixSocketSpec) => OpenedUnixSocket;
  readonly removeSocketFile: (path: string, device: number, inode: number) => void;
  readonly peerPerson: (fd: number) => Person;
  readonly describeSocket: (fd: number) => SocketDescription | undefined;
  readonly adoptSocket: (fd: number, options: Pick<SocketSpec, 'isNoDelay' | 'isKeepAlive' | 'backlog'>) => number;
}
