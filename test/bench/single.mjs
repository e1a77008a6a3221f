// The measurements that need no load generator: start-up time, memory once idle, the configuration test on a large file.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const PORT = 28_701;
/** V8 looks for garbage after eight idle seconds, unless it has been told otherwise. */
const IDLE_SECONDS = 12;

/** Median milliseconds from exec to listening, less the median of an empty script from exec to exit, in turns. */
export function startAboveNodeMs(daemon, rounds) {
  return inFolder(async (folder) => {
    const conf = join(folder, 'conf');
    const empty = join(folder, 'empty.cjs');
    writeFileSync(conf, service('daytime', PORT, 'INTERNAL UNLISTED'));
    writeFileSync(empty, '');
    const starts = [];
    const nodes = [];
    for (let round = 0; round <= rounds; round += 1) {
      const running = await start(daemon, conf, folder);
      starts.push(running.listeningMs);
      await running.stop();
      const begun = performance.now();
      spawnSync(process.execPath, [empty], { env: CLEAN });
      nodes.push(performance.now() - begun);
    }
    const [ours, node] = [median(starts.slice(1)), median(nodes.slice(1))];
    return { value: ours - node, note: `${ours.toFixed(1)} ms less ${node.toFixed(1)} ms` };
  });
}

/** Resident memory of the daemon once it has served a hundred connections and rested. */
export function idleMegabytes(daemon) {
  return inFolder(async (folder) => {
    const conf = join(folder, 'conf');
    writeFileSync(conf, service('hello', PORT, 'UNLISTED', 'server = /bin/true\n\tuser = root\n\tcps = 0 0'));
    const running = await start(daemon, conf, folder);
    for (let call = 0; call < 100; call += 1) await hasEvent('close');
    await pause(IDLE_SECONDS * 1000);
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${running.pid}/status`, 'latin1'))?.[1]);
    await running.stop();
    return { value: kilobytes / 1024 };
  });
}

/** Seconds that `-t` takes on so many services. */
export function configTestSeconds(daemon, services) {
  return inFolder((folder) => {
    const conf = join(folder, 'conf');
    const texts = Array.from({ length: services }, (_, index) =>
      service(`s${index}`, 10_000 + index, 'UNLISTED', 'user = nobody\n\tserver = /bin/cat\n\tonly_from = 10.0.0.0/8'),
    );
    writeFileSync(conf, texts.join(''));
    const begun = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [daemon, '-t', '-f', conf], {
      encoding: 'utf8',
      env: CLEAN,
    });
    const seconds = (performance.now() - begun) / 1000;
    return status === 0 ? { value: seconds } : { value: Number.NaN, note: `status ${status}: ${stderr.slice(0, 300)}` };
  });
}

export const CLEAN = { PATH: process.env.PATH };

export function service(name, port, type, further = '') {
  return `service ${name}\n{\n\ttype = ${type}\n\tsocket_type = stream\n\tprotocol = tcp\n\twait = no\n\tbind = 127.0.0.1\n\tport = ${port}\n\t${further}\n}\n`;
}

/** Starts the daemon and tries until it listens. */
export async function start(daemon, conf, folder) {
  const begun = performance.now();
  const words = [daemon, '-dontfork', '-filelog', join(folder, 'log'), '-pidfile', join(folder, 'pid'), '-f', conf];
  const child = spawn(process.execPath, words, { stdio: 'ignore', env: CLEAN });
  const limit = begun + 10_000;
  while (!(await hasEvent('connect')))
    if (performance.now() > limit) throw new Error(`no listener: ${readLog(folder)}`);
  return {
    pid: child.pid,
    listeningMs: performance.now() - begun,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Connects and waits for the event; false where nobody listens. */
function hasEvent(event) {
  return new Promise((resolve) => {
    const socket = connect(PORT, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on(event, () => {
      resolve(true);
      socket.destroy();
    });
    socket.resume();
  });
}

function readLog(folder) {
  try {
    return readFileSync(join(folder, 'log'), 'latin1');
  } catch {
    return 'no log';
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

export async function inFolder(measure) {
  const folder = mkdtempSync('/tmp/xinetd-bench-single.');
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
