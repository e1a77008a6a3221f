// A service manager for the daemon under test: it hears what is sent to NOTIFY_SOCKET and holds descriptors as systemd's store does.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterTest } from './cell.ts';
import { until } from './wait.ts';

/** One message. */
export interface Notice {
  readonly text: string;
  readonly descriptors: number;
}

/** A running manager. */
export class ServiceManager {
  readonly #process: ChildProcess;
  #said = '';

  constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
  }

  /** Everything heard so far. */
  get notices(): readonly Notice[] {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the script prints
    return this.#lines.slice(1).map((line) => JSON.parse(line) as Notice);
  }

  get #lines(): readonly string[] {
    return this.#said.split('\n').slice(0, -1);
  }

  async begin(): Promise<void> {
    await until('the manager listens', () => this.#lines.length > 0);
  }

  /** Waits for so many messages that match, and hands the last of them back. */
  hears(pattern: RegExp, count = 1): Promise<Notice> {
    const matching = (): readonly Notice[] => this.notices.filter(({ text }) => pattern.test(text));
    return until(`${count} of ${pattern} in ${this.#said}`, () => matching()[count - 1]);
  }

  /** Starts a program with the descriptors that are kept for it. */
  start(words: readonly string[]): void {
    this.#process.stdin?.write(`${JSON.stringify(words)}\n`);
  }

  /** A busy manager begins to read. */
  awake(): void {
    this.#process.stdin?.write('\n');
  }
}

/** Starts a manager at `address`; a busy one takes nothing until `awake`. */
export async function startManager(address: string, ...mood: readonly 'busy'[]): Promise<ServiceManager> {
  const script = fileURLToPath(new URL('service-manager.py', import.meta.url));
  const child = spawn('python3', [script, address, ...mood], { stdio: ['pipe', 'pipe', 'inherit'] });
  afterTest(() => child.kill('SIGKILL'));
  const manager = new ServiceManager(child);
  await manager.begin();
  return manager;
}
