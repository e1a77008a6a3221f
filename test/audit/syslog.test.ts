import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SyslogChannel, syslogPriority } from '../../src/audit/syslog.ts';
import type { SyslogPort } from '../../src/audit/syslog.ts';
import { SystemError } from '../../src/native/system-error.ts';

const EAGAIN_FULL = 'full';
const [ENOENT, EMSGSIZE, ENOBUFS, ECONNREFUSED] = [2, 90, 105, 111];
const NOW = new Date(2026, 10, 5, 23, 43, 1).getTime();

/** A syslogd that can be full, deaf or gone. */
class FakeSyslogd implements SyslogPort {
  received: string[] = [];
  opened: string[] = [];
  closed: number[] = [];
  /** undefined: listens. */
  state: undefined | typeof EAGAIN_FULL | { readonly open?: number; readonly send?: number };
  #nextFd = 10;

  readonly open = (path: string): number => {
    if (typeof this.state === 'object' && this.state.open !== undefined) throw failure(this.state.open);
    this.opened.push(path);
    return this.#nextFd++;
  };

  readonly send = (fd: number, bytes: Uint8Array): number => {
    if (this.closed.includes(fd)) throw new Error(`descriptor ${fd} is closed`);
    if (this.state === EAGAIN_FULL) return 0;
    if (typeof this.state === 'object' && this.state.send !== undefined) throw failure(this.state.send);
    this.received.push(Buffer.from(bytes).toString('latin1'));
    return bytes.length;
  };

  readonly close = (fd: number): void => {
    this.closed.push(fd);
  };
}

function failure(errno: number): SystemError {
  return new SystemError('send', errno, '/dev/log', `error ${errno}`);
}

function channelTo(port: SyslogPort): { readonly channel: SyslogChannel; readonly dropped: number[] } {
  const dropped: number[] = [];
  const channel = new SyslogChannel({
    port,
    tag: 'xinetd',
    pid: 99,
    nowMs: () => NOW,
    onDropped: (count) => dropped.push(count),
  });
  return { channel, dropped };
}

function texts(syslogd: FakeSyslogd): readonly string[] {
  return syslogd.received.map((line) => line.slice(line.indexOf(']: ') + 3));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a syslog message', () => {
  test('carries priority, time, tag and pid', () => {
    const syslogd = new FakeSyslogd();
    channelTo(syslogd).channel.sink('daemon', 'notice').write('Started \xe9');
    expect(syslogd.received).toEqual(['<29>Nov  5 23:43:01 xinetd[99]: Started \xe9']);
    expect(syslogd.opened).toEqual(['/dev/log']);
  });

  test('is cut where syslogd would refuse it', () => {
    const syslogd = new FakeSyslogd();
    channelTo(syslogd).channel.send(30, 'x'.repeat(100_000));
    expect(texts(syslogd)[0]).toHaveLength(8192);
  });

  test.each([
    ['daemon', 'crit', 26],
    ['authpriv', 'info', 86],
    ['local7', 'debug', 191],
    ['user', 'emerg', 8],
  ] as const)('of %s.%s has priority %i', (facility, level, priority) => {
    expect(syslogPriority(facility, level)).toBe(priority);
  });
});

describe('a syslog channel', () => {
  test('keeps what cannot be sent now, in order', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    syslogd.state = EAGAIN_FULL;
    channel.send(30, 'one');
    syslogd.state = undefined;
    channel.send(30, 'two');
    expect(texts(syslogd)).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(texts(syslogd)).toEqual(['one', 'two']);
    channel.send(30, 'three');
    expect(texts(syslogd)).toEqual(['one', 'two', 'three']);
  });

  test('is as quick again after each message that a slow syslogd took', () => {
    const slow = new FakeSyslogd();
    let room = 0;
    const { channel } = channelTo({
      open: slow.open,
      close: slow.close,
      send: (fd, bytes) => (room-- > 0 ? slow.send(fd, bytes) : 0),
    });
    for (const text of ['one', 'two', 'three']) channel.send(30, text);
    for (let retry = 0; retry < 3; retry += 1) {
      room = 1;
      vi.advanceTimersByTime(10);
    }
    expect(texts(slow)).toEqual(['one', 'two', 'three']);
  });

  test('waits while the kernel has no buffers', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    syslogd.state = { send: ENOBUFS };
    channel.send(30, 'one');
    syslogd.state = undefined;
    vi.advanceTimersByTime(50);
    expect(texts(syslogd)).toEqual(['one']);
    expect(syslogd.closed).toEqual([]);
  });

  test('connects anew to a syslogd that was restarted', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    channel.send(30, 'one');
    syslogd.state = { send: ECONNREFUSED, open: ENOENT };
    channel.send(30, 'two');
    expect(syslogd.closed).toEqual([10]);
    syslogd.state = undefined;
    vi.advanceTimersByTime(50);
    expect(texts(syslogd)).toEqual(['one', 'two']);
  });

  test('sends at once over a new connection when it can', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo({
      open: syslogd.open,
      close: syslogd.close,
      send: (fd, bytes) => {
        if (fd === 10 && syslogd.received.length === 1) throw failure(ECONNREFUSED);
        return syslogd.send(fd, bytes);
      },
    });
    channel.send(30, 'one');
    channel.send(30, 'two');
    expect(texts(syslogd)).toEqual(['one', 'two']);
  });

  test('gives up a message that is too long for the socket', () => {
    const syslogd = new FakeSyslogd();
    const { channel, dropped } = channelTo(syslogd);
    syslogd.state = { send: EMSGSIZE };
    channel.send(30, 'one');
    syslogd.state = EAGAIN_FULL;
    channel.send(30, 'two');
    syslogd.state = undefined;
    vi.advanceTimersByTime(50);
    expect(texts(syslogd)).toEqual(['two']);
    expect(dropped).toEqual([1]);
  });

  test('counts what does not fit and reports it once there is room', () => {
    const syslogd = new FakeSyslogd();
    const { channel, dropped } = channelTo(syslogd);
    syslogd.state = EAGAIN_FULL;
    for (let message = 0; message < 200; message += 1) channel.send(30, 'x'.repeat(8192));
    expect(dropped).toEqual([]);
    syslogd.state = undefined;
    vi.advanceTimersByTime(50);
    expect(syslogd.received.length).toBe(127);
    expect(dropped).toEqual([73]);
  });

  test('rests when nobody listens until there is something to say', async () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    syslogd.state = { open: ENOENT };
    channel.send(30, 'one');
    const drained = channel.drain();
    vi.advanceTimersByTime(60_000);
    await drained;
    expect(vi.getTimerCount()).toBe(0);
    channel.send(30, 'two');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tries again for a message after the rest', () => {
    const syslogd = new FakeSyslogd();
    let nowMs = NOW;
    const channel = new SyslogChannel({
      port: syslogd,
      tag: 'x',
      pid: 1,
      nowMs: () => nowMs,
      onDropped: () => undefined,
    });
    syslogd.state = { open: ENOENT };
    channel.send(30, 'one');
    vi.advanceTimersByTime(60_000);
    syslogd.state = undefined;
    nowMs += 5000;
    channel.send(30, 'two');
    vi.advanceTimersByTime(5000);
    expect(texts(syslogd)).toEqual(['one', 'two']);
  });

  test('drains at once when nothing waits', async () => {
    await channelTo(new FakeSyslogd()).channel.sink('user', 'info').drain();
  });
});

describe('a synchronous flush of syslog', () => {
  test('sends what waits', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    syslogd.state = EAGAIN_FULL;
    channel.send(30, 'one');
    syslogd.state = undefined;
    const sink = channel.sink('user', 'info');
    sink.flushSync();
    sink.close();
    expect(texts(syslogd)).toEqual(['one']);
  });

  test('does not wait for a syslogd that is not there', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    syslogd.state = { open: ENOENT };
    channel.send(30, 'one');
    channel.flushSync();
    expect(texts(syslogd)).toEqual([]);
  });

  test('waits a moment for one that is full', () => {
    const syslogd = new FakeSyslogd();
    const { channel } = channelTo(syslogd);
    syslogd.state = EAGAIN_FULL;
    channel.send(30, 'one');
    channel.flushSync();
    expect(texts(syslogd)).toEqual([]);
  });
});
