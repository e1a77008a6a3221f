// Our reading of hosts.allow and hosts.deny against the wrappers library itself: thousands of generated files and callers
// must get the same answer, but for patterns whose meaning nobody knows (D93). The library comes with Debian's xinetd.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIPv6 } from '../../src/config/attributes/ip-text.ts';
import { consultWrappers } from '../../src/policy/hosts-access.ts';
import { listsNamedIn, wordsOf } from '../../src/policy/hosts-access-parse.ts';
import { sourceOf } from '../../src/policy/source.ts';
import type { Source } from '../../src/policy/source.ts';
import { ipv4, requestWith } from '../policy/facts.ts';
import { tables, wrapperFacts } from '../policy/wrappers.ts';

interface Case {
  readonly allow: string;
  readonly deny: string;
  readonly daemon: string;
  readonly name: string;
  readonly address: string;
  readonly serverName: string;
  readonly serverAddress: string;
}

const HOSTS = (
  'ALL LOCAL UNKNOWN KNOWN PARANOID all Local .example .EXAMPLE host.example Host.Example example ' +
  'localhost . * ? *.example h* *st* host.exampl? 10.1.* *.*.*.* 10.?.2.3 10.1.2.3 10.1.2. 10. ' +
  '10.1 1 10.1.2.3. 10.1.2.0/24 10.1.2.3/24 10.1.2.3/32 10.1.2.3/33 10.0.0.0/8 0.0.0.0/0 10.1.2.0/255.255.255.0 ' +
  '10.1.2.0/255.255.0.0 10.1.2.3/255.255.255.255 10/8 10.1.2.0/0 10.1.2.0/-8 10.1.2.0/24x 10.1.2.0/08 ' +
  '10.1.0.0/016 0x0a.1.2.3 010.1.2.3 10.1.2.0/ [10.1.2.3] [fe80::1] [FE80::1] [fe80::]/10 [fe80::1]/128 ' +
  '[fe80::1]/0 [fe80::2]/127 [::1] [fe80::]/64 fe80* [fe80*] [] [fe80::1 x] ALL@ALL UNKNOWN@10.1.2.3 ' +
  'KNOWN@ALL joe@ALL ?nknown@.example a@ /nonexistent 255.255.255.255 1.2.3.4/0.0.0.0 10.1.2.3/8 ' +
  '10.256.1.1/8 3.2.1.10 - KNOWN. ..'
).split(' ');
const DAEMONS = ['ALL', 'ftpd', 'FTPD', 'sh', '*', 'f*', '?tpd', 'KNOWN', 'UNKNOWN', 'LOCAL', 'ft.', '.pd', 'ftpd@ALL'];
const AT = [
  'ftpd@10.9.9.9',
  'ALL@srv.example',
  'sh@ALL',
  'ftpd@.example',
  'ALL@10.9.',
  'ALL@LOCAL',
  'ftpd@',
  '@ftpd',
  '21',
];
const SEPARATORS = [' ', ', ', ',', '\t', ' , ', ',,', ' \\\n ', '\r', ' EXCEPT ', ' except '];
const OPTIONS = (
  '|||: allow|: deny|:ALLOW|: Deny |:allow:deny|: allow :|:|: |:deny x|:severity info:allow|:severity mail.info:deny|' +
  ':severity x|:severity auth.x|:severity authpriv.info: allow|:bogus: allow|:=allow|:umask 022:allow|' +
  ':umask 8|:umask 01777:allow|:nice:allow|:nice 5: allow|:nice x: allow|:linger 3:allow|:linger -3: allow|' +
  ':rfc931: allow|:rfc931 0: allow|:rfc931 5:allow|:keepalive:allow|:keepalive 1:allow|:setenv A b c:allow|' +
  ':setenv:allow|:setenv A:allow|:spawn true \\: x: allow|:spawn:allow|:twist|:banners|:banners=/nonexistent:allow|' +
  ':allow\\:|:severity=info:allow|:severity = info : allow|:[allow|:spawn [: allow'
).split('|');
const JUNK = [
  '# ALL: ALL',
  ' # ALL: ALL',
  '',
  '   ',
  'ALL ALL',
  ':',
  'ALL:',
  ': ALL',
  '\\',
  'x\\',
  '#\\',
  'ALL: [: allow',
  '[ALL: ALL',
];

const list = (words: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...SEPARATORS), fc.constantFrom(...words)), { minLength: 1, maxLength: 4 })
    .map((pairs) => pairs.map(([separator, word], index) => (index === 0 ? word : separator + word)).join(''));
const rule = fc
  .tuple(fc.constantFrom('', '', ' '), list([...DAEMONS, ...AT]), fc.constantFrom(':', ' : ', ': '), list(HOSTS))
  .map((parts) => parts.join(''));
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(rule, fc.constantFrom(...OPTIONS)).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(...JUNK) },
);
const ending = fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\r\n', '');
const file = fc
  .tuple(fc.array(line, { maxLength: 4 }), ending)
  .map(([lines, end]) => lines.map((text, index) => text + (index === lines.length - 1 ? end : '\n')).join(''));

const generated: fc.Arbitrary<Case> = fc.record({
  allow: file,
  deny: file,
  daemon: fc.constantFrom('ftpd', 'sh', 'ft.pd'),
  name: fc.constantFrom('host.example', 'localhost', 'unknown', 'paranoid', 'a.b.EXAMPLE'),
  address: fc.constantFrom('10.1.2.3', '10.1.2.4', '192.0.2.1', 'fe80::1', '2001:db8::1'),
  serverName: fc.constantFrom('srv.example', 'unknown'),
  serverAddress: fc.constantFrom('10.9.9.9'),
});

function sourceAt(address: string): Source {
  const words = parseIPv6(address);
  return words === undefined ? ipv4(address) : sourceOf(6, 0, address, words);
}

function ourAnswer({ allow, deny, daemon, name, address, serverName, serverAddress }: Case): boolean {
  const nameOf = (text: string) => {
    if (text === 'unknown' || text === 'paranoid')
      return { kind: 'unknown', isPretended: text === 'paranoid' } as const;
    return { kind: 'known', name: text } as const;
  };
  const read = tables(allow, deny);
  const named = listsNamedIn([...wordsOf(read.allow), ...wordsOf(read.deny)]);
  const facts = wrapperFacts(allow, deny, {
    tables: { ...read, lists: new Map(named.map((path) => [path, []])) },
    server: { ...sourceAt(serverAddress), port: 0 },
    serverName: nameOf(serverName),
    answers: Array.from({ length: 20 }, () => true),
  });
  const request = requestWith({}, { source: sourceAt(address), hostName: nameOf(name) });
  return consultWrappers(request, facts, daemon).kind === 'allow';
}

const SEED = Number(process.env['XINETD_TS_SEED'] ?? 1);
const RUNS = Number(process.env['XINETD_TS_RUNS'] ?? 3000);

test('hosts.allow and hosts.deny mean what they mean to the library', { timeout: 60_000 }, () => {
  const cases = fc.sample(generated, { numRuns: RUNS, seed: SEED });
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const script = new URL('support/libwrap.py', import.meta.url).pathname;
  const output = execFileSync('python3', [script], { input, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const answers = output.trimEnd().split('\n');
  const different = cases.filter(
    (each, index) => answers[index] !== JSON.stringify({ isAllowed: ourAnswer(each) }).replace(':', ': '),
  );
  expect(answers).toHaveLength(cases.length);
  expect(different.slice(0, 6)).toEqual([]);
});
