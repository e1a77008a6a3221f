import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Banners } from '../../src/net/banner.ts';
import type { BannerEnd, BannerOptions, Greeting, GreetingEvents } from '../../src/net/banner.ts';
import type { Connection } from '../../src/net/connection.ts';
import { connectedPair, readAll } from '../support/sockets.ts';

const LARGE = 'B'.repeat(1024 * 1024);
const open: { readonly close: () => void }[] = [];
let folder = '';

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'banner.'))));

afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
  rmSync(folder, { recursive: true });
});

function file(text: string): string {
  writeFileSync(join(folder, 'text'), text);
  return join(folder, 'text');
}

async function pair(): Promise<{ client: Socket; connection: Connection }> {
  const both = await connectedPair();
  both.client.pause();
  open.push({ close: () => both.client.destroy() }, both.connection);
  return both;
}

const sender = (options: Partial<BannerOptions> = {}): Banners => new Banners(options);

function send(banners: Banners, greeting: Greeting, events: Partial<GreetingEvents> = {}): Promise<BannerEnd> {
  return new Promise((onEnd) => banners.send(greeting, { onTrouble: () => {}, onEnd, ...events }));
}

describe('a banner', () => {
  test('follows its preface', async () => {
    const { client, connection } = await pair();
    const preface = Buffer.from('+Go\r\n');
    expect(await send(sender(), { fd: connection.fd, path: file('hello\n'), preface })).toBe('sent');
    connection.close();
    expect((await readAll(client)).toString()).toBe('+Go\r\nhello\n');
  });

  test('that is known and small goes out at once', async () => {
    const { connection } = await pair();
    const [banners, path] = [sender(), file('hello')];
    await send(banners, { fd: connection.fd, path });
    let end: BannerEnd | undefined;
    banners.send({ fd: connection.fd, path }, { onTrouble: () => {}, onEnd: (now) => (end = now) });
    expect(end).toBe('sent');
  });

  test('goes out as fast as the caller reads', async () => {
    const { client, connection } = await pair();
    client.setEncoding('latin1');
    const [banners, path] = [sender(), file(LARGE)];
    const ends = [1, 2, 3, 4, 5, 6].reduce(
      (before) => before.then(() => send(banners, { fd: connection.fd, path })),
      Promise.resolve<BannerEnd>('sent'),
    );
    let heard = 0;
    client.on('data', (text) => (heard += text.length)).resume();
    expect(await ends).toBe('sent');
    connection.close();
    await new Promise((resolve) => client.once('end', resolve));
    expect(heard).toBe(6 * LARGE.length);
    expect(banners.waiting).toBe(0);
  });

  test('that cannot be read is told, and the preface goes alone', async () => {
    const { client, connection } = await pair();
    const troubles: unknown[] = [];
    const greeting = { fd: connection.fd, path: join(folder, 'nothing'), preface: Buffer.from('+Go\r\n') };
    expect(await send(sender(), greeting, { onTrouble: (trouble) => troubles.push(trouble) })).toBe('sent');
    expect(troubles).toEqual([{ kind: 'missing' }]);
    connection.close();
    expect((await readAll(client)).toString()).toBe('+Go\r\n');
  });
});

/** More than any buffer of the kernel holds. */
const MOST_BANNERS = 64;

/** Fills the connection until a banner has to wait. */
async function stuck(banners: Banners): Promise<{ readonly end: Promise<BannerEnd>; readonly client: Socket }> {
  const { client, connection } = await pair();
  const path = file(LARGE);
  const again = async (left: number): Promise<BannerEnd> => {
    const end = await send(banners, { fd: connection.fd, path });
    return end === 'sent' && left > 0 ? again(left - 1) : end;
  };
  return { end: again(MOST_BANNERS), client };
}

describe('a caller who does not read', () => {
  test('is given up in time', async () => {
    const banners = sender({ limitMs: 50 });
    const { end } = await stuck(banners);
    expect(await end).toBe('slow');
    expect(banners.waiting).toBe(0);
  });

  test('gives way to the next when there are too many', async () => {
    const banners = sender({ most: 1, limitMs: 60_000 });
    const first = await stuck(banners);
    const second = await stuck(banners);
    expect(await first.end).toBe('slow');
    second.client.destroy();
    expect(await second.end).toBe('gone');
  });
});
