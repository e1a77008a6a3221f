import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainCaller, explainWord } from '../../src/cli/explain.ts';
import type { ExplainOptions, Said } from '../../src/cli/explain.ts';

const TEXT = `service daytime
{
	id = day
	type = INTERNAL UNLISTED
	socket_type = stream
	protocol = tcp
	wait = no
	port = 7013
	only_from = 10.0.0.0/8 .lan.test
	access_times = 8:00-17:30
}
service time
{
	type = INTERNAL UNLISTED
	disable = yes
}
service fronted
{
	type = UNLISTED
	proxy_from = 10.0.0.5
	socket_type = stream
	port = 7014
	wait = no
	user = root
	server = /bin/cat
}
service local
{
	socket_path = /run/local
	wait = no
	user = root
	server = /bin/cat
	only_from = uid:1000 gid:27
}
`;

describe('explain', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'explain.'));
    writeFileSync(join(folder, 'conf'), TEXT);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function ask(service: string, address: string, options: Partial<ExplainOptions> = {}): Promise<Said> {
    const usual = {
      configPath: join(folder, 'conf'),
      name: undefined,
      via: undefined,
      at: '09:00',
      isJson: false,
    } as const;
    const surroundings = { isInetdCompatible: false, daemon: { kind: 'nobody' }, etc: folder } as const;
    return explainCaller(service, address, { ...usual, ...surroundings, ...options });
  }

  test('names verdict, rule and every check', async () => {
    const { code, text } = await ask('day', '10.1.2.3');
    expect(code).toBe(0);
    const [head, checks] = text.replaceAll(folder, '').split('The checks');
    expect(head).toMatchInlineSnapshot(`
      "day from 10.1.2.3: ALLOWED: only_from has "10.0.0.0/8"
      /conf:9:14:
        9 |         only_from = 10.0.0.0/8 .lan.test
          |                     ^^^^^^^^^^
      "
    `);
    expect(checks).toMatch(/^ {2}access_times +passes {2}open at 09:00: it is open 08:00-17:30$/m);
    expect(checks).toMatch(/^ {2}access +passes {2}only_from has "10\.0\.0\.0\/8"$/m);
  });

  test('knows callers of a unix socket by user and group', async () => {
    expect((await ask('local', 'uid:1000')).text).toMatch(/^local from uid:1000: ALLOWED: only_from has "uid:1000"$/m);
    expect(await ask('local', 'uid:7,gid:100,gid:27')).toMatchObject({ code: 0 });
    expect(await ask('local', 'uid:7,gid:100')).toMatchObject({ code: 1 });
    expect(await ask('local', '10.1.2.3')).toMatchObject({
      code: 2,
      text: 'local listens on a unix socket: ask for uid:NUMBER\n',
    });
    expect((await ask('day', 'uid:0')).text).toBe('day listens on a port: ask for an address\n');
    expect((await ask('local', 'uid:root')).text).toBe('not a user, such as uid:1000 or uid:1000,gid:100: uid:root\n');
  });

  test('has status 1 for who is denied', async () => {
    expect(await ask('day', '192.0.2.1')).toMatchObject({ code: 1, isComplaint: false });
    expect(await ask('day', '192.0.2.1', { name: 'a.lan.test' })).toMatchObject({ code: 0 });
    expect((await ask('day', '10.1.2.3', { at: '03:00' })).text).toMatch(/DENIED: closed at 03:00/);
  });

  test('asks whether a proxy may pass a caller on', async () => {
    expect((await ask('fronted', '192.0.2.1')).text).toMatch(
      /proxy_from +passes {2}for a caller through 10\.0\.0\.5$/m,
    );
    expect(await ask('fronted', '192.0.2.1', { via: '10.0.0.5' })).toMatchObject({ code: 0 });
    const denied = await ask('fronted', '192.0.2.1', { via: '10.0.0.6' });
    expect(denied.code).toBe(1);
    expect(denied.text).toMatch(/DENIED: no word of proxy_from matches 10\.0\.0\.6\n.*conf:20:2:/);
    expect(await ask('fronted', '192.0.2.1', { via: 'elsewhere' })).toMatchObject({ code: 2, isComplaint: true });
  });

  test('finds a service by id or name in any case', async () => {
    expect(await ask('DAYTIME', '10.1.2.3')).toMatchObject({ code: 0 });
    expect(await ask('Day', '10.1.2.3')).toMatchObject({ code: 0 });
  });

  test('speaks JSON', async () => {
    const { text } = await ask('day', '192.0.2.1', { isJson: true });
    const answer = JSON.parse(text);
    expect(answer).toMatchObject({
      service: 'day',
      address: '192.0.2.1',
      verdict: 'deny',
      rule: expect.stringContaining('conf:9:2'),
    });
    expect(answer.checks.at(-2)).toMatchObject({ name: 'access', passed: false });
  });

  test('looks into hosts.allow and hosts.deny', async () => {
    writeFileSync(join(folder, 'hosts.allow'), `daytime: ${folder}/friends\n`);
    writeFileSync(join(folder, 'friends'), '10.1.2.3');
    writeFileSync(join(folder, 'hosts.deny'), 'ALL: ALL\n');
    expect((await ask('day', '10.1.2.3')).text).toMatch(/^ {2}libwrap +passes {2}\S+hosts\.allow:1 admits$/m);
    const { code, text } = await ask('day', '10.1.2.4');
    expect(code).toBe(1);
    expect(text).toMatch(/DENIED: \S+hosts\.deny:1 refuses\n/);
    rmSync(join(folder, 'hosts.deny'));
  });

  test('reads /etc/inetd.conf on demand', async () => {
    expect(await ask('day', '10.1.2.3', { isInetdCompatible: true })).toMatchObject({ code: 0 });
  });

  test('has status 3 for a socket where nobody answers', async () => {
    const daemon = { kind: 'at', path: join(folder, 'nobody') } as const;
    expect(await ask('day', '10.1.2.3', { daemon })).toMatchObject({ code: 3, isComplaint: true });
  });

  test.each([
    ['dya', '10.1.2.3', {}, 'no such service: dya (did you mean day?)'],
    ['time', '10.1.2.3', {}, 'it is disabled'],
    ['day', '10.1', {}, 'not an address: 10.1'],
    ['day', '10.1.2.3', { at: '25:00' }, 'not a time of day, such as 03:00: 25:00'],
    ['day', '10.1.2.3', { configPath: '/nowhere/conf' }, 'the configuration cannot be read'],
  ])('has status 2 for %s %s %o', async (service, address, options, complaint) => {
    const said = await ask(service, address, options);
    expect(said).toMatchObject({ code: 2, isComplaint: true });
    expect(said.text).toContain(complaint);
  });
});

describe('explain with one word', () => {
  test('explains a code', () => {
    expect(explainWord('xc260').text).toMatch(/^XC260 \(error\): service %s: expected to/);
  });

  test('explains an attribute', () => {
    const { code, text } = explainWord('per_source');
    expect(code).toBe(0);
    expect(text).toMatch(/^per_source = NUMBER \| UNLIMITED\n/);
    expect(text).toContain('Honoured in src/policy/limits.ts');
  });

  test('has status 2 for what is neither', () => {
    expect(explainWord('per_sorce')).toMatchObject({
      code: 2,
      text: expect.stringContaining('did you mean per_source?'),
    });
  });
});
