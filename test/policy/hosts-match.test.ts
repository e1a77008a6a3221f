import { describe, expect, test } from 'vitest';
import { consultWrappers } from '../../src/policy/hosts-access.ts';
import { ipv4, requestWith } from './facts.ts';
import { wrapperFacts } from './wrappers.ts';

const CALL = requestWith({}, { source: ipv4('10.1.2.3') });

/** `/unread` could not be read. */
describe('rules', () => {
  test.each([
    ['ALL: /unread', '', 'allow'],
    ['ALL: /unread 10.', 'ALL: ALL', 'allow'],
    ['ALL: /unread', 'ALL: ALL', 'deny'],
    ['ALL: ALL EXCEPT /unread', 'ALL: ALL', 'deny'],
    ['ALL: 10. EXCEPT ALL EXCEPT /unread', 'ALL: ALL', 'deny'],
    ['ALL: /unread: deny', '', 'deny'],
    ['ALL: @unknown: twist /bin/echo no', '', 'allow'],
    ['', 'ALL: /unread', 'deny'],
    ['', 'ALL: @unknown', 'deny'],
    ['', 'ALL: ALL EXCEPT /unread', 'deny'],
    ['', 'sh: /unread', 'allow'],
    ['', 'ftpd@/unread: ALL', 'deny'],
    ['', 'ALL: /unread: allow', 'allow'],
  ])('read doubts against the caller: %j, %j: %s', (allow, deny, kind) => {
    const said = consultWrappers(CALL, wrapperFacts(`${allow}\n`, `${deny}\n`), 'ftpd');
    expect(said.kind).toBe(kind);
    if (allow.includes('twist')) expect(said.effects.twist).toBeDefined();
  });
});
