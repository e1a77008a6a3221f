import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlSocket } from '../../src/daemon/control.ts';

let folder = '';
let path = '';
let logged: string[] = [];
let sockets: (ControlSocket | Socket)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control.'));
  path = join(folder, 'socket');
  logged = [];
  sockets = [];
});

afterEach(() => {
  for (const socket of sockets) {
    if (socket instanceof ControlSocket) socket.close();
    else socket.destroy();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Answers each request with itself. */
async function openSocket(at: string | undefined = path): Promise<ControlSocket> {
  const control = new ControlSocket({
    path: at,
    log: (level, _, text) => logged.push(`${level}: ${text}`),
    answer: (request) => ({ ok: true, result: request }),
  });
  sockets.push(control);
  await control.open();
  return control;
}

/** Sends a text and hands back everything that comes, up to so many lines or the end. */
function ask(text: string, lines = 1): Promise<readonly string[]> {
  const socket = connect({ path });
  sockets.push(socket);
  let heard = '';
  socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
  socket.write(text);
  const heardLines = (): readonly string[] => heard.split('\n').slice(0, -1);
  return new Promise((resolve, reject) => {
    socket.on('data', () => heardLines().length >= lines && resolve(heardLines()));
    socket.on('close', () => resolve(heardLines()));
    socket.on('error', reject);
  });
}

describe('the control socket', () => {
  test('is for its owner alone', async () => {
    await openSocket();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(logged).toEqual([]);
  });

  test('answers line by line', async () => {
    await openSocket();
    expect(await ask('{"request":"a"}\n{"request":"b"}\n', 2)).toEqual([
      '{"ok":true,"result":{"request":"a"}}',
      '{"ok":true,"result":{"request":"b"}}',
    ]);
  });

  test.each(['nonsense', '7', 'null', ''])('refuses %j, which is no object', async (line) => {
    await openSocket();
    expect(await ask(`${line}\n`)).toEqual(['{"ok":false,"error":"the request is no JSON object"}']);
  });

  test('refuses a line that does not end', async () => {
    await openSocket();
    expect(await ask('x'.repeat(5000), 2)).toEqual(['{"ok":false,"error":"the request is too long"}']);
  });

  test('keeps every answer for a slow reader', async () => {
    await openSocket();
    const line = `{"request":"${'x'.repeat(3000)}"}\n`;
    expect(await ask(line.repeat(300), 300)).toHaveLength(300);
  });

  test('is not opened without a path', async () => {
    const control = new ControlSocket({
      path: undefined,
      log: (level) => logged.push(level),
      answer: () => ({ ok: true, result: {} }),
    });
    await control.open();
    control.close();
    expect(logged).toEqual([]);
  });

  test('is gone after the end', async () => {
    (await openSocket()).close();
    expect(existsSync(path)).toBe(false);
  });
});

describe('a path that is taken', () => {
  test('by a living daemon is left to it', async () => {
    await openSocket();
    const second = await openSocket();
    expect(logged).toEqual([`notice: another daemon answers at ${path}: this one has no control socket`]);
    second.close();
    expect(await ask('{}\n')).toEqual(['{"ok":true,"result":{}}']);
  });

  test('by a dead one is taken over', async () => {
    const { spawnSync } = await import('node:child_process');
    const dead = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', dead]);
    expect(existsSync(path)).toBe(true);
    await openSocket();
    expect(await ask('{}\n')).toEqual(['{"ok":true,"result":{}}']);
  });

  test('by a file is left alone', async () => {
    writeFileSync(path, 'kept');
    await openSocket();
    expect(logged).toEqual([`notice: no control socket: ${path} is in the way`]);
    expect(statSync(path).isFile()).toBe(true);
  });

  test('may be opened later', async () => {
    const first = await openSocket();
    const second = await openSocket();
    first.close();
    await second.open();
    expect(await ask('{}\n')).toEqual(['{"ok":true,"result":{}}']);
  });
});
