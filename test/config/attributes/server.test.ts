import { describe, expect, test } from 'vitest';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

const codesFor = (line: string): readonly string[] => codesOf(loadText(serviceText([line])));

describe('user', () => {
  test('is looked up by name', () => {
    expect(configOf(['user = nobody']).user).toEqual({ name: 'nobody', uid: 0, gid: 0 });
  });

  test('takes a number unseen, as group too', () => {
    expect(configOf(['user = 4711']).user).toEqual({ name: '4711', uid: 4711, gid: 4711 });
  });

  test.each([
    ['user = nosuch', 'XC130'],
    ['user = 4294967295', 'XC131'],
    ['group = nosuch', 'XC132'],
    ['group = 99999999999', 'XC133'],
    ['group = -5', 'XC132'],
  ])('refuses %s with %s', (line, code) => {
    expect(codesFor(line)).toContain(code);
  });
});

describe('group', () => {
  test('is a name or a number', () => {
    expect(configOf(['group = daemon']).group).toEqual({ name: 'daemon', gid: 1 });
    expect(configOf(['group = 12']).group).toEqual({ name: '12', gid: 12 });
  });
});

describe('server', () => {
  test.each([
    ['bin/cat', 'the path must begin with /'],
    ['/no/such', 'there is no such file'],
    ['/bin', 'that is not a file'],
    ['/etc/passwd', 'the file is not executable'],
  ])('refuses %s: %s', (path, hint) => {
    expect(loadText(serviceText([`server = ${path}`])).diagnostics[0]).toMatchObject({ code: 'XC136', hint });
  });
});

describe('env', () => {
  test('starts over with = and adds with +=', () => {
    expect(configOf(['env = A=1', 'env = B=', 'env += =1 C=x=y']).env).toEqual(['B=', '=1', 'C=x=y']);
  });

  test.each([
    ['env = A', 'XC137'],
    ['env = A = 1', 'XC137'],
    ['env -= A=1', 'XC108'],
    ['env -= A', 'XC108'],
  ])('refuses %s with %s', (line, code) => {
    expect(codesFor(line)).toEqual([code, 'XC106', 'XC250']);
  });
});

describe('passenv', () => {
  test('passes over what the daemon does not have', () => {
    const loaded = loadText(serviceText(['passenv = PATH NOPE HOME', 'passenv -= HOME']));
    expect(codesOf(loaded)).toEqual(['XC138']);
    expect(loaded.services[0]?.config.passenv).toEqual(['PATH']);
  });

  test('names each variable once, and takes out what nobody has', () => {
    const loaded = loadText(serviceText(['passenv = PATH HOME PATH', 'passenv += HOME LANG', 'passenv -= NOPE LANG']));
    expect(codesOf(loaded)).toEqual([]);
    expect(loaded.services[0]?.config.passenv).toEqual(['PATH', 'HOME']);
  });

  test('is absent unless somebody writes it', () => {
    expect(configOf([]).passenv).toBeUndefined();
    expect(configOf(['passenv =']).passenv).toEqual([]);
  });
});
