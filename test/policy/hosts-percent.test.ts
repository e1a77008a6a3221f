import { describe, expect, test } from 'vitest';
import { expandPercent } from '../../src/policy/hosts-percent.ts';
import type { WrappedRequest } from '../../src/policy/hosts-percent.ts';

const REQUEST: WrappedRequest = {
  daemon: 'ftpd',
  client: { address: '10.1.2.3', names: () => ['host.example'], port: 4000 },
  server: { address: '10.9.9.9', names: () => ['unknown'], port: 21 },
  pid: 42,
};

describe('an expansion', () => {
  test('tells of both ends', () => {
    expect(expandPercent('%a %c %h %n %r|%A %H %N %R %s|%d %p %u', REQUEST)).toBe(
      '10.1.2.3 host.example host.example host.example 4000|10.9.9.9 10.9.9.9 unknown 21 ftpd@10.9.9.9|ftpd 42 unknown',
    );
  });

  test('says only the daemon where its end is unknown', () => {
    const server = { address: 'unknown', names: () => [], port: 0 };
    expect(expandPercent('%s %N', { ...REQUEST, server })).toBe('ftpd unknown');
  });

  test('keeps %% and a last %, drops unknown letters', () => {
    expect(expandPercent('100%% %q|%', REQUEST)).toBe('100% |%');
  });

  test('makes nothing of what a shell would understand', () => {
    const client = { ...REQUEST.client, names: () => ['a;b$(c) `d`\n"\'|&<>'] };
    expect(expandPercent('%h', { ...REQUEST, client })).toBe('a_b__c___d________');
  });

  test('is given up when it is too long', () => {
    expect(expandPercent('%h'.repeat(700), REQUEST)).toBeUndefined();
  });
});
