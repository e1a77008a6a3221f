// Where finished lines go, and the buffered sink that files and streams share.
// Lines of one turn of the event loop become one write; one write at a time, in order; a write that fails is tried
// again with back-off, since a full disk may empty; what waits is bounded, and what does not fit is counted and
// reported once there is room again. Never throws. Lines are byte strings without newline.

/** Takes finished lines. */
export interface LineSink {
  readonly write: (line: string) => void;
  /** Resolves when everything written so far has landed or been given up. */
  readonly drain: () => Promise<void>;
  /** Writes what waits before the process ends; may wait a tenth of a second for a write under way. */
  readonly flushSync: () => void;
  /** Lets what waits land, then closes. */
  readonly close: () => void;
}

/** What a write that is under way says when it ends: the bytes that landed, and the error if not all did. */
export type WriteDone = (written: number, error: Error | undefined) => void;

/** The descriptor or stream behind a sink; the sink starts one write at a time. */
export interface ByteWriter {
  readonly start: (bytes: Uint8Array, done: WriteDone) => void;
  /** Ends the write under way and says how many of its bytes landed. */
  readonly settleSync: () => number;
  /** Writes without a callback; says how many bytes landed. */
  readonly writeSync: (bytes: Uint8Array) => number;
  readonly close: () => void;
}

/** What the owner of a sink hears of it. */
export interface SinkTrouble {
  /** The first failure of a row of failures. */
  readonly onFailure: (error: Error) => void;
  /** There is room again, and so many lines were lost. */
  readonly onDropped: (lines: number) => void;
}

/** What may wait, in bytes. */
export const QUEUE_LIMIT_BYTES = 4 * 1024 * 1024;

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 500;
const NEWLINE = 0x0a;

/** A sink over a `ByteWriter`. */
export class BufferedSink implements LineSink {
  readonly #writer: ByteWriter;
  readonly #trouble: SinkTrouble;
  readonly #limitBytes: number;
  #waiting = '';
  /** Taken from `#waiting`; not yet landed. */
  #block: Uint8Array | undefined;
  #isWriting = false;
  #isMidLine = false;
  #isScheduled = false;
  #isClosing = false;
  #dropped = 0;
  #retryMs = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];

  constructor(writer: ByteWriter, trouble: SinkTrouble, limitBytes = QUEUE_LIMIT_BYTES) {
    this.#writer = writer;
    this.#trouble = trouble;
    this.#limitBytes = limitBytes;
  }

  get isClosed(): boolean {
    return this.#isClosing && this.#waiting === '' && this.#block === undefined;
  }

  write(line: string): void {
    const bytes = this.#waiting.length + (this.#block?.length ?? 0) + line.length + 1;
    if (this.#isClosing || bytes > this.#limitBytes) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += `${line}\n`;
    if (this.#isScheduled || this.#block !== undefined) return;
    this.#isScheduled = true;
    setImmediate(this.#pump);
  }

  drain(): Promise<void> {
    if (this.#waiting === '' && this.#block === undefined) return Promise.resolve();
    this.#retryTimer?.ref();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  flushSync(): void {
    if (this.#isWriting) this.#landed(this.#writer.settleSync());
    this.#isWriting = false;
    for (let isRetry = false; this.#takeBlock() !== undefined; isRetry = true) {
      const landed = this.#writer.writeSync(this.#block ?? new Uint8Array());
      this.#landed(landed);
      if (landed === 0 && isRetry) return this.#giveUp();
    }
    this.#settled();
  }

  close(): void {
    this.#isClosing = true;
    if (this.isClosed) this.#writer.close();
    else if (this.#retryTimer !== undefined) this.#retryNow();
  }

  /** The file behind the writer is a new one: tries again at once, and never begins it with half a line. */
  resume(): void {
    if (this.#retryTimer === undefined || this.#block === undefined) return;
    if (this.#isMidLine) {
      this.#dropped += 1;
      this.#landed(this.#block.indexOf(NEWLINE) + 1);
    }
    this.#retryNow();
  }

  readonly #pump = (): void => {
    this.#isScheduled = false;
    if (!this.#isWriting && this.#takeBlock() !== undefined) this.#startWrite();
  };

  #takeBlock(): Uint8Array | undefined {
    if (this.#block === undefined && this.#waiting !== '') {
      this.#block = Buffer.from(this.#waiting, 'latin1');
      this.#waiting = '';
    }
    return this.#block;
  }

  #startWrite(): void {
    const block = this.#block;
    if (block === undefined) return this.#settled();
    this.#isWriting = true;
    this.#writer.start(block, (written, error) => {
      // A synchronous flush may have finished this block meanwhile.
      if (this.#block !== block || !this.#isWriting) return;
      this.#isWriting = false;
      this.#landed(written);
      if (error === undefined) this.#onLanded();
      else this.#onFailure(error);
    });
  }

  #onLanded(): void {
    this.#retryMs = 0;
    this.#reportDropped();
    if (this.#takeBlock() === undefined) this.#settled();
    else this.#startWrite();
  }

  #onFailure(error: Error): void {
    if (this.#retryMs === 0) this.#trouble.onFailure(error);
    if (this.#isClosing) return this.#giveUp();
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, FIRST_RETRY_MS), LAST_RETRY_MS);
    this.#retryTimer = setTimeout(() => this.#retryNow(), this.#retryMs);
    if (this.#drained.length === 0) this.#retryTimer.unref();
  }

  #retryNow(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    if (this.#takeBlock() === undefined) this.#settled();
    else this.#startWrite();
  }

  /** Takes the bytes that landed off the block. */
  #landed(bytes: number): void {
    const block = this.#block;
    if (block === undefined || bytes === 0) return;
    this.#isMidLine = block[bytes - 1] !== NEWLINE;
    this.#block = bytes < block.length ? block.subarray(bytes) : undefined;
  }

  #giveUp(): void {
    for (const byte of this.#block ?? []) if (byte === NEWLINE) this.#dropped += 1;
    this.#dropped += this.#waiting.split('\n').length - 1;
    this.#block = undefined;
    this.#waiting = '';
    this.#settled();
  }

  #settled(): void {
    this.#reportDropped();
    for (const resolve of this.#drained.splice(0)) resolve();
    if (this.#isClosing) this.#writer.close();
  }

  #reportDropped(): void {
    const lines = this.#dropped;
    this.#dropped = 0;
    if (lines > 0) this.#trouble.onDropped(lines);
  }
}
