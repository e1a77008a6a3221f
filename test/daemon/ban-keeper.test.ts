import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BanKeeper } from '../../src/daemon/ban-keeper.ts';
import { BAN_CAPACITY } from '../../src/daemon/bans.ts';
import { ipv4, mapped } from '../policy/facts.ts';

const ADDRESS = '192.0.2.1';
const HOUR_MS = 3_600_000;

let folder = '';
let path = '';
let logged: string[] = [];
let wallMs = 0;
let keepers: BanKeeper[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  folder = mkdtempSync(join(tmpdir(), 'keeper.'));
  path = join(folder, 'bans.json');
  logged = [];
  keepers = [];
  wallMs = Date.UTC(2030, 0, 1);
});

afterEach(() => {
  for (const keeper of keepers) keeper.end();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** A keeper whose wall clock stands still unless the test sets it: `wallMs` is its start. */
function keeperOf(file?: string): BanKeeper {
  const startMs = performance.now();
  const keeper = new BanKeeper({
    log: (level, _, text) => logged.push(`${level}: ${text}`),
    path: file,
    nowMs: () => performance.now(),
    wallMs: () => wallMs + performance.now() - startMs,
  });
  keepers.push(keeper);
  return keeper;
}

function isBanned(keeper: BanKeeper, address = ADDRESS): boolean {
  return keeper.book?.isBanned(ipv4(address), performance.now()) === true;
}

describe('a touched sensor', () => {
  test('bans its caller in the words of the reference', () => {
    const keeper = keeperOf();
    keeper.hit(mapped(ADDRESS), 5);
    expect(isBanned(keeper)).toBe(true);
    expect(logged).toEqual(['critical: Adding ::ffff:192.0.2.1 to the global_no_access list for 5 minutes']);
  });

  test('bans for ever', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4(ADDRESS), Infinity);
    vi.advanceTimersByTime(1000 * HOUR_MS);
    expect(isBanned(keeper)).toBe(true);
    expect(logged).toEqual(['critical: Adding 192.0.2.1 to the global_no_access list for -1 minutes']);
  });

  test('bans nobody with NEVER', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4(ADDRESS), 0);
    expect([keeper.book, logged]).toEqual([undefined, []]);
  });

  test('prolongs a ban without a word', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4(ADDRESS), 2);
    vi.advanceTimersByTime(90_000);
    keeper.hit(ipv4(ADDRESS), 2);
    vi.advanceTimersByTime(90_000);
    expect(isBanned(keeper)).toBe(true);
    expect(logged).toHaveLength(1);
  });

  test('reports a full list', () => {
    const keeper = keeperOf();
    for (let index = 0; index < BAN_CAPACITY; index += 1) keeper.add(`host ${index}`, 1);
    logged = [];
    keeper.hit(ipv4(ADDRESS), 1);
    expect(logged).toEqual(['error: Maximum global_no_access count reached.']);
  });
});

describe('the end of a ban', () => {
  test('is reported, and the empty list too', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4('192.0.2.1'), 1);
    keeper.hit(ipv4('192.0.2.2'), 2);
    logged = [];
    vi.advanceTimersByTime(60_002);
    expect(isBanned(keeper)).toBe(false);
    expect(logged).toEqual(['info: At least 1 DENY_TIME has expired, global_no_access list updated']);
    vi.advanceTimersByTime(60_002);
    expect(logged.slice(1)).toEqual([
      'info: At least 1 DENY_TIME has expired, global_no_access list updated',
      'info: global_no_access list is empty.',
    ]);
    expect(keeper.book).toBeUndefined();
  });

  test('needs no timer while no ban ends', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4(ADDRESS), Infinity);
    expect(vi.getTimerCount()).toBe(0);
    keeper.hit(ipv4('192.0.2.2'), 1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(60_002);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not move when the wall clock is set', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4(ADDRESS), 5);
    wallMs += HOUR_MS;
    vi.advanceTimersByTime(4 * 60_000);
    expect(isBanned(keeper)).toBe(true);
    wallMs -= 2 * HOUR_MS;
    vi.advanceTimersByTime(60_001);
    expect(isBanned(keeper)).toBe(false);
  });

  test('can come early by hand', () => {
    const keeper = keeperOf();
    keeper.add(ADDRESS, 5);
    expect([keeper.leftMs(ADDRESS), keeper.all().length]).toEqual([300_000, 1]);
    expect([keeper.remove(ADDRESS), keeper.remove(ADDRESS)]).toEqual([true, false]);
    expect(keeper.leftMs(ADDRESS)).toBe(0);
    expect(logged.slice(1)).toEqual([
      `notice: Removing ${ADDRESS} from the global_no_access list`,
      'info: global_no_access list is empty.',
    ]);
  });
});

describe('bans over a restart', () => {
  test('go on with the time that was left', () => {
    const before = keeperOf(path);
    before.hit(ipv4(ADDRESS), 5);
    before.add('2001:db8::1', Infinity);
    before.end();
    wallMs += 4 * 60_000;
    const after = keeperOf(path);
    after.load();
    expect(after.all()).toEqual([
      { address: ADDRESS, untilMs: performance.now() + 60_000 },
      { address: '2001:db8::1', untilMs: Infinity },
    ]);
    vi.advanceTimersByTime(60_001);
    expect(isBanned(after)).toBe(false);
  });

  test('are dropped when they ended meanwhile', () => {
    const before = keeperOf(path);
    before.hit(ipv4(ADDRESS), 5);
    before.end();
    wallMs += HOUR_MS;
    const after = keeperOf(path);
    after.load();
    expect(after.book).toBeUndefined();
  });

  test('are written anew when the wall clock was set', () => {
    const before = keeperOf(path);
    before.hit(ipv4(ADDRESS), 5);
    before.end();
    const after = keeperOf(path);
    after.load();
    wallMs += HOUR_MS;
    after.end();
    const [ban] = (JSON.parse(readFileSync(path, 'utf8')) as { bans: { until: string }[] }).bans;
    expect(Date.parse(ban?.until ?? '') - wallMs).toBe(300_000);
  });

  test('reach the disk soon after they were made', async () => {
    vi.useRealTimers();
    const keeper = keeperOf(path);
    keeper.hit(ipv4(ADDRESS), 5);
    await vi.waitUntil(() => existsSync(path));
    expect(readFileSync(path, 'utf8')).toContain(ADDRESS);
  });

  test('end with a daemon that has no place for them', () => {
    const keeper = keeperOf();
    keeper.hit(ipv4(ADDRESS), 5);
    keeper.end();
    expect(existsSync(path)).toBe(false);
  });
});

describe('trouble with the file', () => {
  test('leaves a broken one aside and says so', () => {
    writeFileSync(path, 'nonsense', { mode: 0o600 });
    const keeper = keeperOf(path);
    keeper.load();
    expect(keeper.book).toBeUndefined();
    expect(logged).toEqual([
      expect.stringMatching(/^error: .*bans\.json is broken \(.*\): kept as .*bans\.json\.broken$/),
    ]);
  });

  test('says once that it cannot be written', async () => {
    vi.useRealTimers();
    mkdirSync(`${path}.new`);
    writeFileSync(join(`${path}.new`, 'inside'), '');
    const keeper = keeperOf(path);
    keeper.hit(ipv4(ADDRESS), 5);
    await vi.waitUntil(() => logged.length === 2);
    expect(logged[1]).toMatch(/^error: cannot write .*bans\.json: /);
    keeper.end();
    expect(logged).toHaveLength(2);
  });
});
