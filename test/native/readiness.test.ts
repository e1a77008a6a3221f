// Readiness: accepting, readable listeners and connections served in-process, and what a throwing or closing callback does.
import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  closeFd,
  launch,
  launchProfile,
  localPort,
  receiveNow,
  sendNow,
  watchAccept,
  watchReadable,
  watchReady,
} from '../../src/native/binding.ts';
import type { SocketSpec } from '../../src/native/socket-kinds.ts';
import { SystemError } from '../../src/native/system-error.ts';
import {
  acceptForTest,
  catchUncaught,
  connection,
  connectForTest,
  exitsForTest,
  openForTest,
  script,
} from './support.ts';

const DUAL: Partial<SocketSpec> = { family: 'ipv6', address: '::' };

function openFds(): number {
  return readdirSync('/proc/self/fd').length;
}

/** The arguments of the first connection; its descriptor is closed when the test ends. */
function firstConnection(fd: number, convertMapped = false): Promise<readonly unknown[]> {
  return new Promise((resolve) => {
    acceptForTest(fd, {
      convertMapped,
      onConnection: (...facts) => {
        onTestFinished(() => closeFd(facts[0]));
        resolve(facts);
      },
    });
  });
}

describe('an accepted connection', () => {
  test('comes with the address of its peer', async () => {
    const listener = openForTest();
    const client = connectForTest(localPort(listener));
    const facts = await firstConnection(listener);
    expect(facts.slice(1)).toEqual([4, client.localPort, '127.0.0.1', 0x7f000001, 0, 0, 0]);
  });
  test('of IPv6 comes with four words', async () => {
    const listener = openForTest({ family: 'ipv6', address: '::1' });
    connectForTest(localPort(listener), '::1');
    const facts = await firstConnection(listener);
    expect([facts[1], ...facts.slice(3)]).toEqual([6, '::1', 0, 0, 0, 1]);
  });
  test.each([
    [true, 'an IPv4', '02'],
    [false, 'an IPv6', '0A'],
  ])('from a mapped address, conversion %s, is %s socket', async (convertMapped, _kind, family) => {
    const exits = exitsForTest();
    const listener = openForTest(DUAL);
    connectForTest(localPort(listener));
    const facts = await firstConnection(listener, convertMapped);
    expect([facts[1], ...facts.slice(3)]).toEqual([6, '::ffff:127.0.0.1', 0, 0, 0xffff, 0x7f000001]);
    const fd = Number(facts[0]);
    const program = `my $n = getsockname(STDIN); exit unpack("S", $n);`;
    const pid = launch(launchProfile({ ...script(''), path: '/usr/bin/perl', argv: ['perl', '-e', program] }), fd, []);
    expect((await exits.of(pid)).status).toBe(Number.parseInt(family, 16));
  });
});

describe('an accept watch', () => {
  test('lets other listeners in after 64 connections', async () => {
    const order: string[] = [];
    const [busy, quiet] = [openForTest(), openForTest()];
    const clients = Array.from({ length: 200 }, () => connectForTest(localPort(busy)));
    clients.push(connectForTest(localPort(quiet)));
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('connect', resolve))));
    await new Promise<void>((resolve) => {
      const note = (name: string) => (fd: number) => {
        closeFd(fd);
        if (order.push(name) === 201) resolve();
      };
      acceptForTest(busy, { onConnection: note('busy') });
      acceptForTest(quiet, { onConnection: note('quiet') });
    });
    expect(order.indexOf('quiet')).toBeLessThanOrEqual(64);
  });
  test('closes the descriptor of a callback that throws', async () => {
    const uncaught = catchUncaught();
    const listener = openForTest();
    const clients = Array.from({ length: 20 }, () => connectForTest(localPort(listener)));
    const ends = clients.map((client) => new Promise((resolve) => client.once('end', resolve).resume()));
    const seen: number[] = [];
    acceptForTest(listener, {
      onConnection: (fd) => {
        seen.push(fd);
        if (seen.length === 2) closeFd(fd);
        throw new Error('refused by a bug');
      },
    });
    await Promise.all([...ends, uncaught.count(20)]);
    expect(new Set(seen).size).toBe(1);
    expect(uncaught.messages).toHaveLength(20);
  });
  test('stops in the middle of a batch when closed', async () => {
    const listener = openForTest();
    const clients = Array.from({ length: 5 }, () => connectForTest(localPort(listener)));
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('connect', resolve))));
    let accepted = 0;
    await new Promise<void>((resolve) => {
      const watch = watchAccept(listener, {
        convertMapped: false,
        onConnection: (fd) => {
          closeFd(fd);
          accepted++;
          watch.close();
          watch.close();
          watch.resume();
          resolve();
        },
        onError: () => undefined,
      });
    });
    const rest = await new Promise<number>((resolve) => {
      let count = 0;
      acceptForTest(listener, {
        onConnection: (fd) => {
          closeFd(fd);
          if (++count === 4) resolve(count);
        },
      });
    });
    expect([accepted, rest]).toEqual([1, 4]);
  });
  test('accepts nothing while it is paused', async () => {
    const [listener, other] = [openForTest(), openForTest()];
    const seen: string[] = [];
    const watch = acceptForTest(listener, {
      onConnection: (fd) => {
        closeFd(fd);
        seen.push('paused one');
      },
    });
    watch.pause();
    connectForTest(localPort(listener));
    connectForTest(localPort(other));
    await new Promise<void>((resolve) => {
      acceptForTest(other, {
        onConnection: (fd) => {
          closeFd(fd);
          seen.push('other');
          watch.resume();
          resolve();
        },
      });
    });
    const again = connectForTest(localPort(listener));
    await new Promise((resolve) => again.once('end', resolve).resume());
    expect(seen).toEqual(['other', 'paused one', 'paused one']);
  });
  test('tells that descriptors ran out and recovers', async () => {
    const exits = exitsForTest();
    const listener = openForTest();
    const client = connectForTest(localPort(listener));
    await new Promise((resolve) => client.once('connect', resolve));
    const limit = async (words: string): Promise<void> => {
      const profile = launchProfile(script(`prlimit --pid ${process.pid} ${words}`));
      expect((await exits.of(launch(profile, listener, []))).status).toBe(0);
    };
    await limit('--nofile=4:');
    let connected = 0;
    const told: ((errno: number) => void)[] = [];
    const done = new Promise<number>((resolve) => told.push(resolve));
    const ended = new Promise((resolve) => client.once('end', resolve).resume());
    const watch = acceptForTest(listener, {
      onConnection: (fd) => {
        connected++;
        closeFd(fd);
      },
      onError: (errno) => {
        watch.pause();
        told[0]?.(errno);
      },
    });
    const errno = await done;
    await limit('--nofile=1024:');
    expect([errno, connected]).toEqual([24, 0]);
    watch.resume();
    await ended;
    expect(connected).toBe(1);
  });
  test('refuses a descriptor that cannot be watched', () => {
    const options = { convertMapped: false, onConnection: closeFd, onError: (): void => undefined };
    expect(() => watchAccept(999_999, options)).toThrow(SystemError);
  });
  test('leaves no descriptor behind', async () => {
    const before = openFds();
    const listener = openForTest();
    const clients = Array.from({ length: 30 }, () => connectForTest(localPort(listener)));
    acceptForTest(listener, { onConnection: closeFd });
    await Promise.all(
      clients.map(
        (client) =>
          new Promise((resolve) =>
            client
              .once('end', () => client.end())
              .once('close', resolve)
              .resume(),
          ),
      ),
    );
    expect(openFds()).toBe(before + 1);
  });
});

describe('a readable watch', () => {
  test('speaks again until the datagram is taken', async () => {
    const socket = openForTest({ type: 'dgram' });
    const sender = openForTest({ type: 'dgram' });
    const { replyTo } = await import('../../src/native/binding.ts');
    let times = 0;
    const done = new Promise<void>((resolve) => {
      const watch = watchReadable(socket, () => {
        if (++times === 3) {
          watch.close();
          resolve();
        }
      });
    });
    replyTo(sender, Buffer.from('x'), {
      length: 0,
      family: 4,
      port: localPort(socket),
      text: '',
      words: [0x7f000001, 0, 0, 0],
    });
    await done;
    expect(times).toBe(3);
  });
});

describe('a ready watch', () => {
  test('tells only the sides that are wanted', async () => {
    const { fd, client } = await connection();
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      const watch = watchReady(fd, (isReadable, isWritable) => {
        heard.push(`${isReadable ? 'r' : ''}${isWritable ? 'w' : ''}`);
        if (heard.length === 1) {
          watch.want(true, false);
          client.write('hello');
        } else {
          watch.close();
          resolve();
        }
      });
      watch.want(false, true);
    });
    const into = new Uint8Array(16);
    expect(heard).toEqual(['w', 'r']);
    expect(receiveNow(fd, into)).toBe(5);
    expect(receiveNow(fd, into)).toBeUndefined();
    closeFd(fd);
  });
  test('hears of a reset connection as of data', async () => {
    const { fd, client } = await connection();
    const error = await new Promise<unknown>((resolve) => {
      const watch = watchReady(fd, () => {
        watch.close();
        try {
          resolve(receiveNow(fd, new Uint8Array(16)));
        } catch (thrown) {
          resolve(thrown);
        }
        closeFd(fd);
      });
      sendNow(fd, Buffer.from('unread'));
      watch.want(true, false);
      client.resetAndDestroy();
    });
    expect(error).toMatchObject({ call: 'recv', errno: 104 });
  });
});
