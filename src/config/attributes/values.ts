// The types of attribute values, shared by the readers (`words.ts`), the rows and whoever honours them.
// Pure types and constant tables only.

import type { Span } from '../source.ts';

export const SERVICE_TYPES = ['RPC', 'INTERNAL', 'UNLISTED', 'TCPMUX', 'TCPMUXPLUS'] as const;
export type ServiceType = (typeof SERVICE_TYPES)[number];

/** In the order the reference prints them. */
export const SERVICE_FLAGS = [
  'REUSE',
  'INTERCEPT',
  'NORETRY',
  'IDONLY',
  'NAMEINARGS',
  'NODELAY',
  'KEEPALIVE',
  'NOLIBWRAP',
  'SENSOR',
  'IPv4',
  'IPv6',
  'LABELED',
] as const;
export type ServiceFlag = (typeof SERVICE_FLAGS)[number];

export const SOCKET_TYPES = ['stream', 'dgram', 'raw', 'seqpacket'] as const;
export type SocketType = (typeof SOCKET_TYPES)[number];

/** In the order the reference prints them. */
export const SUCCESS_FLAGS = ['HOST', 'DURATION', 'EXIT', 'PID', 'USERID', 'TRAFFIC'] as const;
export type SuccessFlag = (typeof SUCCESS_FLAGS)[number];

export const FAILURE_FLAGS = ['HOST', 'ATTEMPT', 'USERID'] as const;
export type FailureFlag = (typeof FAILURE_FLAGS)[number];

/** Whose names for the caller a server finds in its environment. */
export const ENV_STYLES = ['ucspi', 'socat'] as const;
export type EnvStyle = (typeof ENV_STYLES)[number];

export const SYSLOG_FACILITIES = [
  'daemon',
  'auth',
  'authpriv',
  'user',
  'mail',
  'lpr',
  'news',
  'uucp',
  'ftp',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;
export type SyslogFacility = (typeof SYSLOG_FACILITIES)[number];

export const SYSLOG_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
export type SyslogLevel = (typeof SYSLOG_LEVELS)[number];

/** One word of only_from / no_access, compiled; `text` is the word as written, `span` its place. */
export type AddressPattern = { readonly text: string; readonly span: Span } & (
  | { readonly kind: 'ipv4'; readonly form: 'numeric' | 'net'; readonly address: number; readonly mask: number }
  | { readonly kind: 'ipv6'; readonly form: 'numeric' | 'net'; readonly words: IPv6Words; readonly prefix: number }
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'domain'; readonly suffix: string }
  /** Who is at the other end of a unix socket. */
  | { readonly kind: 'uid'; readonly number: number }
  | { readonly kind: 'gid'; readonly number: number }
);
/** A word no form accepts: dropped from only_from (which can only narrow), refuses the service in no_access. */

/** An IPv6 address as four unsigned 32-bit words, most significant first. */
export type IPv6Words = readonly [number, number, number, number];

/** Minutes since midnight, both ends inclusive. */
export interface TimeInterval {
  readonly startMinute: number;
  readonly endMinute: number;
}

export interface ConnectionRate {
  readonly connections: number;
  readonly waitSeconds: number;
}

export type LogTarget =
  | { readonly kind: 'syslog'; readonly facility: SyslogFacility; readonly level: SyslogLevel }
  | { readonly kind: 'file'; readonly path: string; readonly softBytes: number; readonly hardBytes: number }
  | { readonly [Kind in StreamTarget]: { readonly kind: Kind } }[StreamTarget];

/** What is named by one word. */
export const STREAM_TARGETS = ['stdout', 'stderr', 'journal'] as const;
export type StreamTarget = (typeof STREAM_TARGETS)[number];

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export const ADDRESS_FORMS = ['full', 'plain', 'prefix', 'hash'] as const;
export type AddressForm = (typeof ADDRESS_FORMS)[number];

export interface UserValue {
  /** As written: a name or digits. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface GroupValue {
  readonly name: string;
  readonly gid: number;
}

export interface ProtocolValue {
  readonly name: string;
  readonly number: number;
}

/** `bind`: a literal, or a name whose addresses are found at load from /etc/hosts. */
export interface BindValue {
  readonly text: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
}

export interface RedirectValue {
  /** Of a unix socket its path. */
  readonly host: string;
  readonly family: 'ipv4' | 'ipv6' | 'name' | 'unix';
  /** 0 for a unix socket. */
  readonly port: number;
}

export const PROXY_VERSIONS = ['v1', 'v2'] as const;
export type ProxyVersion = (typeof PROXY_VERSIONS)[number];

export interface VersionRange {
  readonly low: number;
  readonly high: number;
}

/** A resource limit in bytes, seconds or descriptors; `Infinity` is UNLIMITED. */
export type ResourceLimit = number;

/** Minutes; `Infinity` is FOREVER, 0 is NEVER. */
export type DenyMinutes = number;
