import { describe, expect, test } from 'vitest';

import { COMMAND_WORDS } from '../../src/cli/commands.ts';
import { commandEntries } from '../../src/gen/commands.ts';

const entries = commandEntries();

describe('the commands', () => {
  test('are those a command line may begin with', () => {
    const words = new Set(entries.map(({ usage }) => usage.split(' ')[0]));
    expect(words).toEqual(new Set(COMMAND_WORDS.filter((word) => !word.startsWith('-'))));
  });

  test('have their verbs, operands and options', () => {
    const add = entries.find(({ usage }) => usage.startsWith('bans add'));
    expect(add).toEqual({
      usage: 'bans add <address> [minutes]',
      summary: 'Ban an address, for ever without minutes.',
      options: [
        { name: 'control', alias: undefined, isSwitch: false, summary: 'Control socket of the daemon.' },
        { name: 'json', alias: undefined, isSwitch: true, summary: 'Print the answer as JSON.' },
      ],
    });
  });

  test('say what they do', () => {
    expect(entries.filter(({ summary }) => summary === '')).toEqual([]);
  });
});
