// What the native core is told and tells about sockets beyond those of `SocketSpec`: unix sockets, and sockets that somebody
// else has bound. Types alone; the verbs are in binding.ts.

import type { Family, SocketSpec } from './binding.ts';

/** What `openUnixSocket` opens. */
export interface UnixSocketSpec {
  readonly family: 'unix';
  readonly type: 'stream' | 'seqpacket';
  /** `@name` for an abstract one, which has neither mode nor owner. */
  readonly path: string;
  /** Permission bits of the file. */
  readonly mode: number;
  /** Its owner; -1: unchanged. */
  readonly uid: number;
  readonly gid: number;
  readonly backlog: number;
}

/** A unix socket that listens; device and inode tell its file from another that takes its place, 0 where there is none. */
export interface OpenedUnixSocket {
  readonly fd: number;
  readonly device: number;
  readonly inode: number;
}

/** Who is at the other end of a unix socket, as the kernel saw it when it connected. */
export interface Person {
  readonly uid: number;
  readonly gid: number;
  /** 0 where it cannot be seen from here. */
  readonly pid: number;
  /** Its supplementary groups. */
  readonly groups: readonly number[];
}

/** What is known of a socket that somebody else has bound. */
export interface SocketDescription {
  readonly family: Family | 'unix';
  readonly type: SocketSpec['type'];
  readonly isListening: boolean;
  readonly isV6Only: boolean;
  /** Numeric; of a unix socket its path, `@name` for an abstract one, '' for one without a name. */
  readonly address: string;
  readonly port: number;
  /** Number of the interface of a link-local address; 0 for others. */
  readonly scope: number;
}

/** One end of a connection. */
export interface SocketEnd {
  readonly family: 4 | 6;
  readonly port: number;
  readonly text: string;
  /** Unsigned 32-bit words; an IPv4 address stands in the first. */
  readonly words: readonly [number, number, number, number];
}

/** One end of a connection between hosts. */
export interface InternetEnd {
  readonly family: 4 | 6;
  /** Unsigned 32-bit words; an IPv4 address stands in the first. */
  readonly words: readonly [number, number, number, number];
  readonly port: number;
  /** Without a mapping prefix. */
  readonly plain: string;
}
