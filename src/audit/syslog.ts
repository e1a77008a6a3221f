/** The three calls a syslog client makes; `native/binding.ts` has them. */
export interface SyslogPort {
  /** Connects a unix datagram socket; throws SystemError. */
  readonly open: (path: string) => number;
  /** Sends without blocking; 0 when it would block; throws SystemError. */
  readonly send: (fd: number, bytes: Uint8Array) => number;
  readonly close: (fd: number) => void;
}
