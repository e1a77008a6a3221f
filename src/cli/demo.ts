// `xinetd-ts demo` (npm start): serves etc/demo.conf in the foreground and says how to try each service.
// The commands need nothing but bash and curl.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Service } from '../config/service.ts';
import { runDaemon } from '../daemon/run.ts';
import { scanOptions } from './options.ts';
import { loadFor } from './test-config.ts';
import { FEATURES, VERSION } from './version.ts';

/** How to talk to a demo service, by its id; the others answer without being asked. */
const TALK: { readonly [id: string]: (port: number) => string } = {
  cat: (port) => sendTo(`tcp/127.0.0.1/${port}`),
  health: (port) => `curl http://127.0.0.1:${port}/`,
  'echo-stream': (port) => sendTo(`tcp/127.0.0.1/${port}`),
  'echo-dgram': (port) => sendTo(`udp/127.0.0.1/${port}`),
  'daytime-dgram': (port) => sendTo(`udp/127.0.0.1/${port}`),
  discard: (port) => `bash -c 'echo gone >/dev/tcp/127.0.0.1/${port}'`,
  chargen: (port) => `bash -c 'head -n 3 </dev/tcp/127.0.0.1/${port}'`,
  time: (port) => `bash -c 'od -An -tx1 </dev/tcp/127.0.0.1/${port}'`,
};

/** Who runs the demo's programs when root starts it. */
const UNPRIVILEGED = 'nobody';

/** Runs the demo; resolves to an exit code, or to undefined once it serves. */
export async function demo(program: string): Promise<number | undefined> {
  const scanned = scanOptions(['-dontfork', '-f', demoFile()]);
  if (scanned.kind === 'usage') throw new Error('invariant: the demo has its own options right');
  const fallbackUser = process.geteuid?.() === 0 ? UNPRIVILEGED : undefined;
  const options = { ...scanned.options, fallbackUser, words: undefined, isInterruptible: true };
  process.stdout.write(banner(loadFor(options).services));
  return runDaemon(options, { program, version: VERSION, features: FEATURES });
}

function banner(services: readonly Service[]): string {
  const rows = services.map(({ config }) => {
    const what = config.server ?? 'built in';
    return `  ${config.id.padEnd(15)} ${what.padEnd(12)} ${command(config.id, config.port)}`;
  });
  return [
    '',
    'xinetd-ts serves these on 127.0.0.1 (etc/demo.conf). Try them from another terminal:',
    '',
    ...rows,
    '',
    'Each connection leaves its START and EXIT lines here. Ctrl-C ends it.',
    '',
    '',
  ].join('\n');
}

function command(id: string, port: number): string {
  const talk = TALK[id];
  return talk === undefined ? `bash -c 'cat </dev/tcp/127.0.0.1/${port}'` : talk(port);
}

/** Sends a line and reads the answer. */
function sendTo(device: string): string {
  return `bash -c 'exec 3<>/dev/${device}; echo hello >&3; head -n 1 <&3'`;
}

/** etc/demo.conf of the package this file was built into. */
function demoFile(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'etc', 'demo.conf')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'etc', 'demo.conf');
}
