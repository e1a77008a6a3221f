// Makes the code cache of the bundle: runs the daemon in this process on a small configuration until it has served a
// few connections, and keeps what V8 has compiled by then. Run by `npm run build`; the daemon never does this.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODE_CACHE, loadProgram } from '../cli/program.ts';

const CALLS = 20;
const PATIENCE_MS = 10_000;

void main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'xinetd-ts-build-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const ports = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'conf'), configuration(ports));
  const words = ['-dontfork', '-nocontrol', '-nostate', '-filelog', join(folder, 'log'), '-f', join(folder, 'conf')];
  process.argv = [process.execPath, join(__dirname, 'xinetd-ts.js'), ...words];
  const program = loadProgram(__dirname);
  program.run();
  for (const port of ports) for (let times = 0; times < CALLS; times += 1) await answer(port);
  writeFileSync(join(__dirname, CODE_CACHE), program.makeCache());
  process.exit(0);
}

function configuration([time, cat]: readonly number[]): string {
  const user = process.geteuid?.() === 0 ? 'user = nobody\n' : '';
  const common = 'socket_type = stream\nprotocol = tcp\nwait = no\nbind = 127.0.0.1\nonly_from = 127.0.0.0/8\n';
  const builtin = `service daytime\n{\ntype = INTERNAL UNLISTED\nport = ${time}\n${common}}\n`;
  return `${builtin}service true\n{\ntype = UNLISTED\nport = ${cat}\nserver = /bin/true\n${user}${common}}\n`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a TCP server
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Until the service closes the connection; the daemon may still be on its way. */
async function answer(port: number): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MS;) {
    if (await isAnswered(port)) return;
  }
  throw new Error(`no answer on port ${port}`);
}

function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(true));
    socket.resume();
  });
}
