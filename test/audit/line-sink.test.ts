import { describe, expect, test, vi } from 'vitest';
import { BufferedSink } from '../../src/audit/line-sink.ts';
import type { ByteWriter, WriteDone } from '../../src/audit/line-sink.ts';

/** A writer whose writes end when the test says so. */
class HeldWriter implements ByteWriter {
  landed = '';
  started: string[] = [];
  isClosed = false;
  canWriteSync = true;
  #bytes: Uint8Array = new Uint8Array();
  #done: WriteDone | undefined;

  start(bytes: Uint8Array, done: WriteDone): void {
    this.started.push(text(bytes));
    this.#bytes = bytes;
    this.#done = done;
  }

  /** Ends the write under way. */
  end(written = this.#bytes.length, error?: Error): void {
    this.landed += text(this.#bytes.subarray(0, written));
    this.#done?.(written, error);
  }

  settleSync(): number {
    this.landed += text(this.#bytes);
    return this.#bytes.length;
  }

  writeSync(bytes: Uint8Array): number {
    if (!this.canWriteSync) return 0;
    const part = bytes.subarray(0, 3);
    this.landed += text(part);
    return part.length;
  }

  close(): void {
    this.isClosed = true;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function sinkOver(limitBytes?: number): {
  readonly sink: BufferedSink;
  readonly writer: HeldWriter;
  readonly failures: string[];
  readonly dropped: number[];
} {
  const writer = new HeldWriter();
  const failures: string[] = [];
  const dropped: number[] = [];
  const trouble = {
    onFailure: (error: Error) => failures.push(error.message),
    onDropped: (lines: number) => dropped.push(lines),
  };
  return { sink: new BufferedSink(writer, trouble, limitBytes), writer, failures, dropped };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const FULL = new Error('disk full');

describe('a buffered sink', () => {
  test('makes one write of the lines of a turn', async () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    sink.write('tw\xf6');
    expect(writer.started).toEqual([]);
    await turn();
    expect(writer.started).toEqual(['one\ntw\xf6\n']);
  });

  test('starts a write only after the last has ended', async () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    await turn();
    sink.write('two');
    sink.write('three');
    await turn();
    expect(writer.started).toEqual(['one\n']);
    writer.end();
    expect(writer.started).toEqual(['one\n', 'two\nthree\n']);
  });

  test('drains when everything has landed', async () => {
    const { sink, writer } = sinkOver();
    await sink.drain();
    sink.write('one');
    const drained = sink.drain();
    await turn();
    writer.end();
    await drained;
    expect(writer.landed).toBe('one\n');
  });

  test('counts what does not fit and reports it once there is room', async () => {
    const { sink, writer, dropped } = sinkOver(8);
    for (const line of ['one', 'two', 'three', 'four']) sink.write(line);
    await turn();
    expect(dropped).toEqual([]);
    writer.end();
    expect(writer.landed).toBe('one\ntwo\n');
    expect(dropped).toEqual([2]);
  });

  test('closes after what waits has landed', async () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    sink.close();
    sink.write('too late');
    expect(writer.isClosed).toBe(false);
    await turn();
    writer.end();
    expect(writer.isClosed).toBe(true);
    expect(writer.landed).toBe('one\n');
    expect(sink.isClosed).toBe(true);
  });

  test('closes at once when nothing waits', () => {
    const { sink, writer } = sinkOver();
    sink.close();
    expect(writer.isClosed).toBe(true);
  });
});

describe('a failed write', () => {
  test('is tried again with the rest, later each time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { sink, writer, failures } = sinkOver();
    sink.write('one');
    await turn();
    writer.end(2, FULL);
    vi.advanceTimersByTime(100);
    expect(writer.started).toEqual(['one\n', 'e\n']);
    writer.end(0, FULL);
    vi.advanceTimersByTime(199);
    expect(writer.started).toHaveLength(2);
    vi.advanceTimersByTime(1);
    writer.end();
    expect(writer.landed).toBe('one\n');
    expect(failures).toEqual(['disk full']);
    vi.useRealTimers();
  });

  test('is tried again twice a second however long it lasts', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { sink, writer } = sinkOver();
    sink.write('one');
    await turn();
    for (let failure = 0; failure < 20; failure += 1) {
      writer.end(0, FULL);
      vi.advanceTimersByTime(500);
    }
    expect(writer.started).toHaveLength(21);
    vi.useRealTimers();
  });

  test('is given up when the sink closes', async () => {
    const { sink, writer, dropped } = sinkOver();
    sink.write('one');
    sink.write('two');
    await turn();
    writer.end(0, FULL);
    sink.write('three');
    sink.close();
    writer.end(0, FULL);
    expect(writer.isClosed).toBe(true);
    expect(sink.isClosed).toBe(true);
    expect(dropped).toEqual([3]);
  });

  test('resumes in a new file without half a line', async () => {
    const { sink, writer, dropped } = sinkOver();
    sink.resume();
    sink.write('one');
    sink.write('two');
    await turn();
    writer.end(2, FULL);
    sink.resume();
    expect(writer.started.at(-1)).toBe('two\n');
    writer.end();
    expect(dropped).toEqual([1]);
  });

  test('resumes in a new file with a whole line', async () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    sink.write('two');
    await turn();
    writer.end(4, FULL);
    sink.resume();
    expect(writer.started.at(-1)).toBe('two\n');
    writer.end();
    sink.write('three');
    await turn();
    expect(writer.started.at(-1)).toBe('three\n');
  });

  test('of half a line resumes with nothing when it was the last', async () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    await turn();
    writer.end(2, FULL);
    const drained = sink.drain();
    sink.resume();
    await drained;
    expect(writer.started).toEqual(['one\n']);
  });
});

describe('a synchronous flush', () => {
  test('writes what waits, in pieces if need be', () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    sink.write('two');
    sink.flushSync();
    expect(writer.landed).toBe('one\ntwo\n');
  });

  test('settles the write under way first and ignores its end', async () => {
    const { sink, writer } = sinkOver();
    sink.write('one');
    await turn();
    sink.write('two');
    sink.flushSync();
    expect(writer.landed).toBe('one\ntwo\n');
    writer.landed = '';
    writer.end();
    sink.write('three');
    await turn();
    expect(writer.started.at(-1)).toBe('three\n');
  });

  test('counts the lines that cannot be written', () => {
    const { sink, writer, dropped } = sinkOver();
    writer.canWriteSync = false;
    sink.write('one');
    sink.write('two');
    sink.flushSync();
    expect(dropped).toEqual([2]);
  });
});
