import { describe, expect, test } from 'vitest';
import {
  asksForServer,
  isSilent,
  listsNamedIn,
  parseHostList,
  parseHostsTable,
  splitAt,
  wordsOf,
} from '../../src/policy/hosts-access-parse.ts';
import { PEOPLE, table } from './wrappers.ts';

describe('a table', () => {
  test('has a rule a line', () => {
    expect(table('# comment\n\n \t\nftpd, sh@here : 10. EXCEPT\t[::1] : allow\n').rules).toEqual([
      {
        line: 4,
        daemons: ['ftpd', 'sh@here'],
        clients: ['10.', 'EXCEPT', '[::1]'],
        options: [{ kind: 'allow' }],
        mistake: undefined,
      },
    ]);
  });

  test('joins lines that end in a backslash', () => {
    expect(table('ftpd: \\\n 10. \\\n 11.\nsh: ALL\n').rules).toMatchObject([
      { line: 3, clients: ['10.', '11.'] },
      { line: 4, daemons: ['sh'] },
    ]);
  });

  test.each(['ftpd: ALL', 'ftpd: ALL\\', 'ftpd: \\\n', `ftpd: ${'x'.repeat(2042)}\n`, 'ftpd: A\0L\n'])(
    'is broken from a line without an end on: %j',
    (text) => {
      const { rules, isBroken, findings } = table(`sh: ALL\n${text}`);
      expect(rules).toHaveLength(1);
      expect(isBroken).toBe(true);
      expect(findings).toMatchObject([{ text: 'missing newline or line too long, the rest of the file is ignored' }]);
    },
  );

  test('ends well with a lonely backslash', () => {
    expect(table('sh: ALL\n\\\n')).toMatchObject({ isBroken: false, findings: [] });
  });

  test('takes the longest line that the library takes', () => {
    expect(table(`sh: ${'x'.repeat(2042)}\n`).isBroken).toBe(false);
  });

  test('leaves out a line without a colon, and says so', () => {
    expect(table('sh ALL\n[sh: ALL\n')).toMatchObject({
      rules: [],
      isBroken: false,
      findings: [
        { place: '/etc/hosts.allow:1', text: 'missing ":" separator, the line is ignored' },
        { place: '/etc/hosts.allow:2' },
      ],
    });
  });

  test('tells of netgroups and mistakes in options', () => {
    expect(table('sh: @trusted joe@@more : bogus\n').findings).toEqual([
      { place: '/etc/hosts.allow:1', text: 'netgroups are not supported, nobody knows whom @trusted means' },
      { place: '/etc/hosts.allow:1', text: 'netgroups are not supported, nobody knows whom joe@@more means' },
      { place: '/etc/hosts.allow:1', text: 'bad option name: "bogus", the rule denies' },
    ]);
  });

  test('is empty where there is no file', () => {
    expect(parseHostsTable('/x', { kind: 'missing' }, PEOPLE)).toMatchObject({
      rules: [],
      isBroken: false,
      findings: [],
    });
  });

  test('is broken where the file cannot be read', () => {
    expect(parseHostsTable('/x', { kind: 'unreadable', reason: 'Permission denied' }, PEOPLE)).toMatchObject({
      isBroken: true,
      findings: [{ place: '/x', text: 'cannot open: Permission denied' }],
    });
  });

  test('is silent without a rule, unless it is broken', () => {
    expect([table(''), table('# x\n'), table('sh: ALL\n'), table('sh')].map((each) => isSilent(each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('says which files it names', () => {
    const words = wordsOf(table('sh@/own: 10. /friends joe@/others @/x\n'));
    expect(listsNamedIn(words)).toEqual(['/own', '/friends', '/others']);
  });
});

describe('the own end of a connection', () => {
  test.each(['sh@10.1.: ALL\n', '22: ALL\n', 'ALL: ALL: spawn x %A\n', 'ALL: ALL: banners /b\n'])(
    'matters to %j',
    (text) => {
      expect(asksForServer([table(text)])).toBe(true);
    },
  );

  test('does not matter to other rules', () => {
    expect(asksForServer([table('sh: ALL: spawn x %a\n@sh: ALL\n')])).toBe(false);
  });
});

test('a file of patterns has words between blanks', () => {
  expect(parseHostList('\n 10. \t.example\n/more\n')).toEqual(['10.', '.example', '/more']);
});

test('brackets hide separators', () => {
  expect(splitAt('[a:b]:c:d', ':')).toEqual(['[a:b]', 'c:d']);
  expect(splitAt('a]:b', ':')).toEqual(['a]:b', undefined]);
});
