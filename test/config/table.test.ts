import { describe, expect, test } from 'vitest';
import { codesOf, defaultsText, loadText, serviceText } from '../support/load-text.ts';

const load = (defaults: readonly string[], ...services: readonly string[]) =>
  loadText(
    defaultsText(...defaults) +
      services.map((id, index) => serviceText([`id = ${id}`, `port = ${index + 1}`], `name${index}`)).join(''),
  );
const ids = (loaded: ReturnType<typeof load>): readonly string[] => loaded.services.map(({ config }) => config.id);

describe('the table of services', () => {
  test('keeps the order of the files', () => {
    expect(ids(load([], 'c', 'a', 'b'))).toEqual(['c', 'a', 'b']);
  });

  test('leaves out what enabled does not name, with a word', () => {
    const loaded = load(['enabled = A'], 'a', 'b');
    expect(ids(loaded)).toEqual(['a']);
    expect(codesOf(loaded)).toEqual(['XC250']);
    expect(loaded.leftOut).toMatchObject([{ name: 'name1', id: 'b', why: 'not-enabled' }]);
  });

  test('leaves out what disabled names, without a word', () => {
    const loaded = load(['disabled = B'], 'a', 'b');
    expect([ids(loaded), codesOf(loaded)]).toEqual([['a'], []]);
    expect(loaded.leftOut).toMatchObject([{ id: 'b', why: 'disabled' }]);
  });

  test('puts disabled above enabled', () => {
    expect(ids(load(['enabled = a b', 'disabled = a'], 'a', 'b'))).toEqual(['b']);
  });

  test('enables nothing by an empty list', () => {
    expect(ids(load(['enabled ='], 'a'))).toEqual([]);
  });

  test('takes an id from a list again', () => {
    expect(ids(load(['disabled = a b', 'disabled -= A'], 'a', 'b'))).toEqual(['a']);
  });

  test('says which ids nobody has', () => {
    const loaded = load(['enabled = a nosuch', 'disabled = neither'], 'a');
    expect(loaded.diagnostics.map(({ code, args }) => [code, args[0]])).toEqual([
      ['XC251', 'nosuch'],
      ['XC251', 'neither'],
    ]);
  });

  test('does not revive a broken service by enabled', () => {
    const text = defaultsText('enabled = t1');
    expect(codesOf(loadText(text + serviceText(['flags = FOO'])))).toEqual(['XC111', 'XC106', 'XC250']);
    expect(codesOf(loadText(text + serviceText(['server = /no/such'])))).toEqual(['XC136', 'XC106', 'XC208']);
  });

  test('does not revive a disabled service by enabled', () => {
    expect(loadText(defaultsText('enabled = t1') + serviceText(['disable = yes'])).services).toEqual([]);
  });
});
