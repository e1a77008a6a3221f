// How this program was started, to start another one in the same way.

export interface ProgramCall {
  /** After the program's own file; undefined where no other program may follow. */
  readonly words: readonly string[] | undefined;
  readonly baseDirectory: string;
  readonly version: string;
}

/** Node's own file, its options, ours and our words, as byte strings. */
export function commandLine({ words }: ProgramCall): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...(words ?? [])].map((word) =>
    Buffer.from(word, 'utf8').toString('latin1'),
  );
}
