import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/config/diagnostic.ts';
import { loadConfig } from '../../src/config/load.ts';
import { failedExpectations } from '../../src/daemon/expectations.ts';
import { fakePorts } from '../support/fake-ports.ts';

const HEAD = `service echo
{
	type = INTERNAL UNLISTED
	socket_type = stream
	protocol = tcp
	wait = no
	port = 7000
	only_from = 10.0.0.0/8 .lan.test
	no_access = 10.9.0.0/16
	access_times = 8:00-17:30
`;

function findings(...lines: readonly string[]): readonly Diagnostic[] {
  const text = `${HEAD}${lines.join('\n')}\n}\n`;
  const { services } = loadConfig({ path: '/c', baseDirectory: '/' }, fakePorts({ '/c': text }));
  expect(services).toHaveLength(1);
  return failedExpectations(services);
}

describe('access tests', () => {
  test('that are met find nothing', () => {
    expect(
      findings(
        '#: expect allow 10.1.2.3',
        '#: expect deny 10.9.9.9',
        '#: expect deny 10.1.2.3 at 03:00',
        '#: expect allow 192.0.2.1 name a.lan.test at 09:00',
        '#: expect deny 192.0.2.1',
      ),
    ).toEqual([]);
  });

  test('that fail are found with the rule that decides', () => {
    const [finding, ...others] = findings('#: expect allow 10.9.9.9');
    expect(others).toEqual([]);
    expect(finding?.code).toBe('XC260');
    expect(finding?.args.slice(0, 3)).toEqual(['echo', 'allow', '10.9.9.9']);
    const [related] = finding?.related ?? [];
    expect(related?.span.source.text.slice(related.span.start, related.span.end)).toBe('10.9.0.0/16');
  });

  test('are reported in the order of their lines', () => {
    const codes = findings('#: expect deny 10.1.1.1', '#: expect nothing', '#: expect deny 10.1').map(
      ({ code }) => code,
    );
    expect(codes).toEqual(['XC260', 'XC261', 'XC261']);
  });
});
