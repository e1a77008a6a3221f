// Memory of the daemon for each connection that it relays and that rests. Clients and target are a process of their own (this file,
// with `crowd`), which has sent a few bytes through every relay and then keeps still.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CLEAN, inFolder, PORT, service, start } from './single.mjs';

const TARGET_PORT = PORT + 1;
const CONNECTIONS = 2000;
const REST_MS = 3000;
const LIMIT_MS = 30_000;

/** KiB of resident memory for each of many connections at rest. */
export function relayedKilobytes(daemon) {
  return inFolder(async (folder) => {
    const conf = join(folder, 'conf');
    const limits = 'instances = UNLIMITED\n\tcps = 100000 1\n\tuser = root';
    writeFileSync(conf, service('pass', PORT, 'UNLISTED', `redirect = 127.0.0.1 ${TARGET_PORT}\n\t${limits}`));
    const running = await start(daemon, conf, folder);
    await pause(REST_MS);
    const before = residentKilobytes(running.pid);
    const ready = join(folder, 'ready');
    const words = [fileURLToPath(import.meta.url), 'crowd', ready];
    const others = spawn(process.execPath, words, { stdio: 'ignore', env: CLEAN });
    const limit = performance.now() + LIMIT_MS;
    while (!existsSync(ready) && performance.now() < limit) await pause(20);
    await pause(REST_MS);
    const after = residentKilobytes(running.pid);
    const isWhole = existsSync(ready);
    others.kill('SIGKILL');
    await running.stop();
    const note = `${before} KiB before, ${after} KiB with ${CONNECTIONS}`;
    return { value: isWhole ? (after - before) / CONNECTIONS : Number.NaN, note };
  });
}

function residentKilobytes(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

/** Every client says a word, hears it again, and stays. */
async function crowd(ready) {
  const target = createServer((socket) => socket.pipe(socket).on('error', () => {}));
  await new Promise((resolve) => target.listen({ port: TARGET_PORT, host: '127.0.0.1', backlog: 4096 }, resolve));
  for (let done = 0; done < CONNECTIONS; done += 100) await Promise.all(Array.from({ length: 100 }, talk));
  writeFileSync(ready, '');
}

function talk() {
  return new Promise((resolve, reject) => {
    const client = connect({ port: PORT, host: '127.0.0.1' });
    client.on('error', reject).once('data', resolve).write('hello');
  });
}

if (process.argv[2] === 'crowd') await crowd(process.argv[3]);
