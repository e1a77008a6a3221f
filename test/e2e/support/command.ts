// Runs a real program to its end and hands back everything it said. Never hangs: after the limit the program is killed.

import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly limitMs?: number;
}

export interface CommandResult {
  /** Exit status; 128 + the signal's number is not used: a killed program has status null. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `program` with `args`, feeding it `input`. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      timeout: options.limitMs ?? 20_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

/** Like `run`, but a failure of the program is a failure of the test; hands back its standard output. */
export async function output(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await run(program, args, options);
  if (result.status === 0) return result.stdout;
  const ending = result.status ?? result.signal;
  throw new Error(`${program} ${args.join(' ')} ended with ${ending}\n${result.stdout}${result.stderr}`);
}
