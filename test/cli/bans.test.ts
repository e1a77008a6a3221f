import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addBan, listBans, removeBan } from '../../src/cli/bans.ts';
import { ControlSocket } from '../../src/daemon/control.ts';
import type { Answer } from '../../src/daemon/control.ts';

let folder = '';
let control: ControlSocket;
let asked: object[] = [];
let answer: Answer;
let printed = { out: '', err: '' };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bans.'));
  asked = [];
  answer = { ok: true, result: {} };
  printed = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (printed.out += String(text)) !== '');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (printed.err += String(text)) !== '');
  control = new ControlSocket({
    path: join(folder, 'socket'),
    log: () => {},
    answer: (request) => {
      asked.push(request);
      return answer;
    },
  });
  await control.open();
});

afterEach(() => {
  vi.restoreAllMocks();
  control.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({ control: join(folder, 'socket'), isJson: false });

describe('bans list', () => {
  test('prints what is left of each ban', async () => {
    const bans = [
      { address: '192.0.2.1', leftSeconds: 3661 },
      { address: '2001:db8::1', leftSeconds: null },
      { address: '10.0.0.1', leftSeconds: 61 },
      { address: '10.0.0.2', leftSeconds: 9 },
    ];
    answer = { ok: true, result: { bans } };
    expect(await listBans(options())).toBe(0);
    expect(printed.out).toBe('192.0.2.1    1h 1m 1s\n2001:db8::1  FOREVER\n10.0.0.1     1m 1s\n10.0.0.2     9s\n');
  });

  test('prints the answer as JSON', async () => {
    answer = { ok: true, result: { bans: [] } };
    await listBans({ ...options(), isJson: true });
    expect(printed.out).toBe('{"bans":[]}\n');
  });
});

describe('bans add and remove', () => {
  test('ask the daemon', async () => {
    await addBan('192.0.2.1', 5, options());
    await addBan('192.0.2.1', undefined, options());
    await removeBan('192.0.2.1', options());
    expect(asked).toEqual([
      { request: 'bans.add', address: '192.0.2.1', minutes: 5 },
      { request: 'bans.add', address: '192.0.2.1' },
      { request: 'bans.remove', address: '192.0.2.1' },
    ]);
    expect(printed).toEqual({ out: '', err: '' });
  });

  test('pass a refusal on', async () => {
    answer = { ok: false, error: 'the list of bans is full' };
    expect(await addBan('192.0.2.1', 5, options())).toBe(1);
    expect(printed.err).toBe('the list of bans is full\n');
  });
});

describe('a missing daemon', () => {
  test('is named with its path', async () => {
    const path = join(folder, 'nobody');
    expect(await listBans({ control: path, isJson: false })).toBe(3);
    expect(printed.err).toBe(`no daemon answers at ${path} (--control names another socket)\n`);
  });
});
