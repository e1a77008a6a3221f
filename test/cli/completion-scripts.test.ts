import { describe, expect, test } from 'vitest';

import { SHELLS, completionScript } from '../../src/cli/completion-scripts.ts';
import { OPTIONS } from '../../src/cli/options.ts';

describe.each(SHELLS)('the script for %s', (shell) => {
  const script = completionScript(shell);

  test('knows every option of the daemon', () => {
    const spelled = (name: string): string =>
      shell === 'fish' ? `-${name.startsWith('--') ? 'l' : 'o'} ${name.replace(/^--?/, '')} ` : name;
    expect(OPTIONS.filter(({ name }) => !script.includes(spelled(name)))).toEqual([]);
  });

  test('knows the syslog facilities', () => {
    expect(script).toContain('daemon auth authpriv user');
  });

  test('asks the program for the rest', () => {
    expect(script).toContain(' --get-yargs-completions ');
  });
});
