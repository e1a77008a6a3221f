// The kernel said no: one error type for every system call that failed.
// Thrown only by `binding.ts`; caught by the owner of the descriptor or child, who turns it into a log line and a state.

/** A failed system call. */
export class SystemError extends Error {
  /** Name of the call, e.g. `bind`. */
  readonly call: string;
  /** Positive errno. */
  readonly errno: number;
  /** What it was about: an address, a path, a service; may be empty. */
  readonly subject: string;
  /** strerror text without the number. */
  readonly reason: string;

  constructor(call: string, errno: number, subject: string, reason: string) {
    super(`${call}${subject === '' ? '' : ` ${subject}`}: ${reason} (errno = ${errno})`);
    this.name = 'SystemError';
    this.call = call;
    this.errno = errno;
    this.subject = subject;
    this.reason = reason;
  }

  /** The reference's `%m`: `Permission denied (errno = 13)`. */
  get described(): string {
    return `${this.reason} (errno = ${this.errno})`;
  }
}
