import { describe, expect, test } from 'vitest';
import { scanOptions, usageLine } from '../../src/cli/options.ts';
import type { DaemonOptions } from '../../src/cli/options.ts';

function options(...words: string[]): DaemonOptions {
  const result = scanOptions(words);
  if (result.kind === 'usage') throw new Error('usage');
  return result.options;
}

function isUsage(...words: string[]): boolean {
  return scanOptions(words).kind === 'usage';
}

describe('scanOptions', () => {
  test('reads /etc/xinetd.conf and detaches by default', () => {
    expect(options()).toMatchObject({
      mode: 'run',
      configPath: '/etc/xinetd.conf',
      isForeground: false,
      isStayAlive: false,
    });
  });

  test('takes the value from the next word', () => {
    expect(options('-f', '/x.conf', '-pidfile', '/p')).toMatchObject({ configPath: '/x.conf', pidFile: '/p' });
  });

  test('lets the last occurrence win', () => {
    expect(options('-f', 'a', '-f', 'b').configPath).toBe('b');
  });

  test('implies -stayalive with -dontfork', () => {
    expect(options('-dontfork')).toMatchObject({ isForeground: true, isStayAlive: true });
  });

  test('does not imply -stayalive with -d', () => {
    expect(options('-d')).toMatchObject({ isDebug: true, isStayAlive: false });
  });

  test('names the option that was meant', () => {
    expect(options('-dontfrok').warnings.map(({ text }) => text)).toEqual([
      'unknown option ignored: -dontfrok (did you mean -dontfork?)',
    ]);
  });

  test('refuses both kinds of log at the end alone', () => {
    expect(isUsage('-syslog', 'daemon', '-filelog', '/l')).toBe(true);
    expect(options('-syslog', 'daemon', '-filelog', '/l', '-version').mode).toBe('version');
  });

  test('keeps its notices with a usage error', () => {
    const notices = ['The shutdownprocs option has been deprecated.'];
    expect(scanOptions(['-shutdownprocs', '5', 'relod'])).toEqual({ kind: 'usage', notices });
  });

  test('hands back a first word that is no option', () => {
    expect(scanOptions(['relod'])).toEqual({ kind: 'usage', notices: [], stray: 'relod' });
  });

  test('goes on after an unknown option and warns', () => {
    const found = options('-bogus', '-stayalive');
    expect(found.isStayAlive).toBe(true);
    expect(found.warnings).toEqual([{ level: 'warning', text: 'unknown option ignored: -bogus' }]);
  });

  test('knows the options that are ignored for old scripts', () => {
    expect(options('-inetd_ipv6', '-reuse').warnings).toEqual([]);
    expect(options('-shutdownprocs', '5').notices).toEqual(['The shutdownprocs option has been deprecated.']);
  });

  test.each([['stray'], ['-'], ['-loop', '5'], ['-d', 'stray']])(
    'wants usage for a word left over: %s %s',
    (...words) => {
      expect(isUsage(...words)).toBe(true);
    },
  );

  test.each(['-f', '-filelog', '-syslog', '-pidfile', '-limit', '-logprocs', '-cc'])(
    'wants usage for %s without value',
    (word) => {
      expect(isUsage(word)).toBe(true);
    },
  );

  test.each([
    ['-limit', 'abc'],
    ['-limit', '5x'],
    ['-logprocs', 'x'],
    ['-cc', '-1'],
    ['-cc', 'x'],
  ])('wants usage for %s %s', (name, value) => {
    expect(isUsage(name, value)).toBe(true);
  });

  test('wants usage for -filelog together with -syslog', () => {
    expect(isUsage('-filelog', '/l', '-syslog', 'daemon')).toBe(true);
    expect(isUsage('-syslog', 'daemon', '-filelog', '/l')).toBe(true);
  });

  test('reads a limit as strtoull does', () => {
    expect(options('-limit', '12').processLimit).toBe(12);
    expect(options('-limit', '0').processLimit).toBe(Infinity);
    expect(options('-limit', '-5').processLimit).toBe(Infinity);
  });

  test('keeps the daemon facility for an unknown one and says so', () => {
    const found = options('-syslog', 'nonsense');
    expect(found.log).toEqual({ kind: 'syslog', facility: 'daemon' });
    expect(found.warnings).toEqual([{ level: 'error', text: 'Bad syslog facility: nonsense' }]);
  });

  test('accepts a facility in any case', () => {
    expect(options('-syslog', 'LOCAL3').log).toEqual({ kind: 'syslog', facility: 'local3' });
  });

  test('stops at -version', () => {
    expect(options('-version', 'stray').mode).toBe('version');
    expect(options('-version', '-f').mode).toBe('version');
  });

  test('offers the configuration test and the effective configuration', () => {
    expect(options('-t', '--json')).toMatchObject({ mode: 'test', isJson: true });
    expect(options('-T').mode).toBe('show');
  });
});

describe('usageLine', () => {
  test('is the line of the reference', () => {
    expect(usageLine('xinetd')).toBe(
      'Usage: xinetd [-d] [-f config_file] [-filelog filename] [-syslog facility] [-reuse] [-limit proc_limit] [-pidfile filename] [-logprocs limit] [-shutdownprocs limit] [-cc interval]',
    );
  });
});
