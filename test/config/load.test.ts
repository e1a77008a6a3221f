import { describe, expect, test } from 'vitest';
import { loadConfig, mayReload, objectionsTo } from '../../src/config/load.ts';
import { renderLog } from '../../src/config/render.ts';
import { fakePorts } from '../support/fake-ports.ts';
import { defaultsText, loadText, place, serviceText, smallWorld } from '../support/load-text.ts';

describe('loadConfig', () => {
  test('says when there is no main file', () => {
    const loaded = loadConfig({ path: '/x.conf', baseDirectory: '/' }, fakePorts({}));
    expect([loaded.mainFile, loaded.services]).toEqual(['unreadable', []]);
    expect(mayReload(loaded)).toBe(false);
  });

  test('orders findings by the lines of a file', () => {
    const text = `${serviceText(['nice = x'])}junk\n}\n${serviceText(['cps = a b'], 't2')}more\n}\n`;
    expect(loadText(text).diagnostics.map(place)).toEqual([
      '9:8 XC121',
      '9:1 XC106',
      '11:1 XC001',
      '21:7 XC152',
      '21:1 XC106',
      '23:1 XC001',
      '1:9 XC250',
      '13:9 XC250',
    ]);
  });

  test('tells the mistakes after a syntax error, but not to the log', () => {
    const text = serviceText(['nice 5', 'cps = a b', 'port=80', 'nope = 1']);
    const { diagnostics, services } = loadText(text);
    const after = diagnostics.filter(({ isAside }) => isAside === true);
    expect(after.map(place)).toEqual(['11:1 XC006', '10:7 XC152', '12:1 XC100']);
    expect(after.map(renderLog)).toEqual([undefined, undefined, undefined]);
    expect(services).toEqual([]);
  });

  test('reads an included file in its place', () => {
    const files = {
      '/x.conf': `${serviceText(['nope = 1'])}include /y\nbad\n}\n`,
      '/y': serviceText(['nice = x'], 't2'),
    };
    const world = { ...smallWorld(''), ...fakePorts(files, { stat: smallWorld('').stat }) };
    const loaded = loadConfig({ path: '/x.conf', baseDirectory: '/' }, world);
    expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['XC100', 'XC011', 'XC121', 'XC106', 'XC001', 'XC250']);
  });

  test('reads inetd.conf after the rest, under the same defaults', () => {
    const files = {
      '/x.conf': defaultsText('only_from = 10.0.0.1'),
      '/inetd.conf': 'ftp stream tcp nowait root /no/such\n',
    };
    const { lookupService } = smallWorld('');
    const options = { path: '/x.conf', baseDirectory: '/', inetdPath: '/inetd.conf' };
    const [service] = loadConfig(options, fakePorts(files, { lookupService })).services;
    expect(service?.isInetd).toBe(true);
    expect(service?.config).toMatchObject({ server: '/no/such', server_args: ['such'], groups: true });
    expect(service?.config.only_from).toHaveLength(1);
  });

  test('bears any number of findings in a block', () => {
    const names = 'X '.repeat(200_000);
    expect(loadText(serviceText([`passenv = ${names}`])).diagnostics).toHaveLength(200_000);
  });

  test('bears any number of elements in braces', () => {
    const elements = '1,'.repeat(200_000);
    const [service] = loadText(serviceText([`only_from = 10.{${elements}1}`])).services;
    expect(service?.config.only_from).toHaveLength(200_001);
  });

  test('looks a name up once', () => {
    let count = 0;
    const lookupUser = (name: string) => {
      count += 1;
      return name === 'root' ? { name, uid: 0, gid: 0 } : undefined;
    };
    const services = ['root', 'nosuch', 'root', 'nosuch'].map((user, index) =>
      serviceText([`user = ${user}`], `s${index}`),
    );
    expect(loadText(services.join(''), { lookupUser }).leftOut).toHaveLength(2);
    expect(count).toBe(2);
  });
});

describe('a reload', () => {
  const good = loadText(serviceText());
  const bad = loadText(serviceText() + serviceText(['nice = x', 'port = 2'], 't2'));

  test('may go on without findings', () => {
    expect(mayReload(good, good)).toBe(true);
  });

  test('is refused for a new mistake', () => {
    expect(mayReload(bad, good)).toBe(false);
    expect(objectionsTo(bad, good).map(({ code }) => code)).toEqual(['XC121', 'XC106']);
  });

  test('may go on with the mistakes of before, on whatever line', () => {
    const moved = loadText(`# a comment\n${serviceText() + serviceText(['nice = x', 'port = 2'], 't2')}`);
    expect(mayReload(moved, bad)).toBe(true);
  });

  test('is refused for bad defaults, even the same', () => {
    const fatal = loadText(defaultsText('instances = x'));
    expect(mayReload(fatal, fatal)).toBe(false);
  });

  test('may go on with what is only a warning', () => {
    expect(mayReload(loadText(serviceText(['nonsense = 1'])), good)).toBe(true);
  });
});
