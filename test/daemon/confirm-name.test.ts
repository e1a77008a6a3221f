import { describe, expect, test } from 'vitest';
import { confirmName } from '../../src/daemon/confirm-name.ts';
import type { NameServer } from '../../src/daemon/confirm-name.ts';
import { ipv4, mapped } from '../policy/facts.ts';

const HERE = ipv4('192.0.2.1');
const UNKNOWN = { hostName: { kind: 'unknown' }, ttl: undefined };
const PRETENDED = { hostName: { kind: 'unknown', isPretended: true }, ttl: undefined };

/** A server with these PTR records for every address, and these addresses by name, each valid for a minute. */
function server(names: readonly string[], addresses: Readonly<Record<string, string>>): NameServer {
  return {
    names: async () => names,
    addresses: async (name) => {
      const address = addresses[name];
      if (address === undefined) throw new Error('ENOTFOUND');
      return [
        { address: '198.51.100.7', ttl: 5 },
        { address, ttl: 60 },
      ];
    },
  };
}

describe('a name', () => {
  test('is known when it has the address in turn', async () => {
    expect(await confirmName(HERE, server(['a.test'], { 'a.test': '192.0.2.1' }))).toEqual({
      hostName: { kind: 'known', name: 'a.test', others: [] },
      ttl: 60,
    });
  });

  test('is a pretence when it belongs to another address', async () => {
    expect(await confirmName(HERE, server(['a.test'], { 'a.test': '192.0.2.2' }))).toEqual(PRETENDED);
  });

  test('is a pretence when it has no address', async () => {
    expect(await confirmName(HERE, server(['a.test'], {}))).toEqual(PRETENDED);
  });

  test('is unknown when there is no record', async () => {
    expect(await confirmName(HERE, server([], {}))).toEqual(UNKNOWN);
  });

  test('is unknown when the server fails', async () => {
    const broken = { ...server([], {}), names: () => Promise.reject(new Error('ESERVFAIL')) };
    expect(await confirmName(HERE, broken)).toEqual(UNKNOWN);
  });

  test('counts beside others, without the unconfirmed ones', async () => {
    const names = ['a.test', 'liar.test', 'b.test'];
    const { hostName } = await confirmName(HERE, server(names, { 'a.test': '192.0.2.1', 'b.test': '192.0.2.1' }));
    expect(hostName).toEqual({ kind: 'known', name: 'a.test', others: ['b.test'] });
  });

  test('is asked for in the family of the caller', async () => {
    const asked: unknown[] = [];
    const curious: NameServer = {
      names: async (reverse) => {
        asked.push(reverse);
        return ['a.test'];
      },
      addresses: async (name, family) => {
        asked.push(name, family);
        return [];
      },
    };
    await confirmName(mapped('192.0.2.1'), curious);
    expect(asked).toEqual(['1.2.0.192.in-addr.arpa', 'a.test', 4]);
  });

  test.each(['192.0.2.1', 'a b.test', 'a..test', '\x1b[31m', '', 'x'.repeat(64), `${'a.'.repeat(130)}test`])(
    'is not %j',
    async (name) => {
      expect(await confirmName(HERE, server([name], { [name]: '192.0.2.1' }))).toEqual(PRETENDED);
    },
  );

  test('is looked for among the first eight records', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `h${index}.test`);
    expect(await confirmName(HERE, server(names, { 'h8.test': '192.0.2.1' }))).toEqual(PRETENDED);
  });
});
