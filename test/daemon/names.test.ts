import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NameServer } from '../../src/daemon/confirm-name.ts';
import { Names } from '../../src/daemon/names.ts';
import { ipv4, ipv6, mapped } from '../policy/facts.ts';

const HERE = ipv4('192.0.2.1');
const KNOWN = { kind: 'known', name: 'a.test', others: [] };
const UNKNOWN = { kind: 'unknown' };

describe('the names of callers', () => {
  let etc = '';
  let nowMs = 0;
  let asked: string[] = [];
  let opened = 0;
  beforeEach(() => {
    etc = mkdtempSync(join(tmpdir(), 'etc-'));
    nowMs = 0;
    asked = [];
    opened = 0;
  });
  afterEach(() => rmSync(etc, { recursive: true }));

  const answering: NameServer = {
    names: async (reverse) => {
      asked.push(reverse);
      return ['a.test'];
    },
    addresses: async () => [{ address: '192.0.2.1', ttl: 60 }],
  };
  const silent: NameServer = { names: () => new Promise(() => {}), addresses: async () => [] };

  function open(server: NameServer = answering): Names {
    const openServer = (): NameServer => {
      opened += 1;
      return server;
    };
    return new Names({ nowMs: () => nowMs, etc, openServer, deadlineMs: server === silent ? 20 : undefined });
  }

  test('are found and then known at once', async () => {
    const names = open();
    expect(names.known(HERE)).toBeUndefined();
    expect(await names.find(HERE)).toEqual(KNOWN);
    expect(names.known(HERE)).toEqual(KNOWN);
    expect(names.known(mapped('192.0.2.1'))).toEqual(KNOWN);
  });

  test('are asked for once, however many wait', async () => {
    const names = open();
    const found = await Promise.all([names.find(HERE), names.find(mapped('192.0.2.1')), names.find(HERE)]);
    expect(found).toEqual([KNOWN, KNOWN, KNOWN]);
    expect(asked).toEqual(['1.2.0.192.in-addr.arpa']);
  });

  test('are not asked for again while they are known', async () => {
    const names = open();
    await names.find(HERE);
    nowMs = 5000;
    expect(names.known(HERE)).toBeUndefined();
    await names.find(HERE);
    expect(asked).toHaveLength(1);
  });

  test('are remembered as unknown too', async () => {
    const names = open({ ...answering, names: async () => [] });
    expect(await names.find(HERE)).toEqual(UNKNOWN);
    expect(names.known(HERE)).toEqual(UNKNOWN);
  });

  test('stand in /etc/hosts first', async () => {
    writeFileSync(join(etc, 'hosts'), '192.0.2.1 local.test alias\n2001:DB8:0::1 six.test\n');
    const names = open();
    expect(await names.find(mapped('192.0.2.1'))).toEqual({ kind: 'known', name: 'local.test' });
    expect(await names.find({ ...ipv6([0x20010db8, 0, 0, 1]), plain: '2001:db8::1' })).toMatchObject({
      name: 'six.test',
    });
    expect(asked).toEqual([]);
    expect(opened).toBe(0);
  });

  test('follow /etc/hosts, whatever is remembered', async () => {
    const names = open();
    await names.find(HERE);
    writeFileSync(join(etc, 'hosts'), '192.0.2.1 local.test\n');
    nowMs = 1000;
    expect(await names.find(HERE)).toEqual({ kind: 'known', name: 'local.test' });
  });

  test('are unknown after the time limit', async () => {
    const names = open(silent);
    expect(await names.find(HERE)).toEqual(UNKNOWN);
    expect(names.known(HERE)).toBeUndefined();
  });

  test('are unknown where too many are asked for', async () => {
    const names = open(silent);
    const waiting = Array.from({ length: 256 }, (_, index) => names.find(ipv4(`10.0.0.${index}`)));
    expect(await names.find(HERE)).toEqual(UNKNOWN);
    expect(asked).toEqual([]);
    expect(await Promise.all(waiting)).toHaveLength(256);
  });

  test('are forgotten on request', async () => {
    const names = open();
    await names.find(HERE);
    names.refresh();
    expect(names.known(HERE)).toBeUndefined();
    await names.find(HERE);
    expect(opened).toBe(2);
  });

  test('come from a new resolver when resolv.conf changes', async () => {
    const names = open();
    await names.find(HERE);
    writeFileSync(join(etc, 'resolv.conf'), 'nameserver 192.0.2.53\n');
    nowMs = 1000;
    await names.find(HERE);
    expect(opened).toBe(2);
  });
});
