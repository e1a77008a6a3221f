// What the native core is told and tells about sockets: those it opens, and those that somebody else has bound.
// Types alone; the verbs are in binding.ts.

/** Address family of a socket. */
export type Family = 'ipv4' | 'ipv6';

/** What `openSocket` opens. */
export interface SocketSpec {
  readonly family: Family;
  readonly type: 'stream' | 'dgram' | 'raw' | 'seqpacket';
  /** Protocol number; 0 lets the kernel choose by type. */
  readonly protocol: number;
  /** Numeric; '' = any. */
  readonly address: string;
  /** 0 lets the kernel choose: see `localPort`. */
  readonly port: number;
  /** IPV6_V6ONLY, always set one way or the other on IPv6 sockets. */
  readonly isV6Only: boolean;
  /** Also an address that the machine does not have yet. */
  readonly isFreeBind: boolean;
  readonly isNoDelay: boolean;
  readonly isKeepAlive: boolean;
  /** Used by stream and seqpacket, the types that listen. */
  readonly backlog: number;
}

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
