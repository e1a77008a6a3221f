import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/config/diagnostic.ts';
import { codesOf, defaultsText, loadText, onlyService, place, serviceText } from '../support/load-text.ts';

const findings = (text: string): readonly Diagnostic[] => loadText(text).diagnostics;
const codes = (text: string): readonly string[] => codesOf(loadText(text));
const inherited = (defaults: readonly string[], service: readonly string[] = []) =>
  onlyService(loadText(defaultsText(...defaults) + serviceText(service)));
const addresses = (defaults: readonly string[], service: readonly string[]): readonly string[] | undefined =>
  inherited(defaults, service).config.only_from?.map(({ text }) => text);

describe('an assignment', () => {
  test('of an unknown name is passed over', () => {
    const [finding] = findings(serviceText(['only-from = 10.0.0.1']));
    expect(finding).toMatchObject({ code: 'XC100', args: ['only-from'], hint: 'did you mean "only_from"?' });
  });

  test('of a name without likeness has no hint', () => {
    expect(findings(serviceText(['mdns = yes']))[0]).not.toHaveProperty('hint');
  });

  test('that belongs into the other block says so', () => {
    expect(findings(serviceText(['enabled = t1']))[0]?.hint).toBe('it belongs into the defaults block');
    expect(findings(defaultsText('port = 1'))[0]).toMatchObject({ code: 'XC101', hint: 'it belongs into a service' });
  });

  test('that comes twice is ignored, aliases included', () => {
    const text = serviceText(['bind = 127.0.0.1', 'Interface = 127.0.0.2']);
    expect(findings(text)[0]).toMatchObject({ code: 'XC102', args: ['t1', 'Interface'] });
    expect(onlyService(loadText(text)).config.bind?.address).toBe('127.0.0.1');
  });

  test('after a bad one of the same name is read', () => {
    expect(codes(serviceText(['nice = x', 'nice = 5']))).toEqual(['XC121', 'XC106', 'XC250']);
  });

  test('with an operator the attribute lacks is ignored', () => {
    const [finding] = findings(serviceText(['nice += 5']));
    expect(finding).toMatchObject({ code: 'XC103', args: ['t1', '+=', 'nice'] });
    expect(finding && place(finding)).toBe('9:6 XC103');
  });

  test('with too many values is ignored and points at the first too many', () => {
    const [finding] = findings(serviceText(['nice = 5 # polite']));
    expect(finding).toMatchObject({ code: 'XC104', args: ['nice', 1, 3], hint: 'a comment needs a line of its own' });
    expect(finding && place(finding)).toBe('9:10 XC104');
  });

  test('with too few values shows the form', () => {
    expect(findings(serviceText(['cps = 5']))[0]?.hint).toBe('write "cps = CONNECTIONS SECONDS"');
  });

  test('is checked in the order known, set, operator, count, value', () => {
    expect(codes(serviceText(['nice = 1', 'nice += 1 2']))).toEqual(['XC102']);
    expect(codes(serviceText(['nice += 1 2']))).toEqual(['XC103']);
    expect(codes(serviceText(['nice = x y']))).toEqual(['XC104']);
  });
});

describe('a bad value', () => {
  test('leaves the service out and examines the rest', () => {
    const loaded = loadText(serviceText(['nice = x', 'cps = a b']));
    expect(codesOf(loaded)).toEqual(['XC121', 'XC106', 'XC152', 'XC106', 'XC250']);
    expect(loaded.leftOut).toMatchObject([{ name: 't1', id: 't1', why: 'error' }]);
  });

  test('is final, whatever disable says later', () => {
    const loaded = loadText(serviceText(['nice = x', 'disable = no']));
    expect(loaded.services).toEqual([]);
    expect(codesOf(loaded)).toEqual(['XC121', 'XC106', 'XC250']);
  });

  test('of the server ends like a service without one, where disable follows', () => {
    expect(codes(serviceText(['server = /no/such', 'disable = no']))).toEqual(['XC136', 'XC106', 'XC208']);
  });

  test('in defaults is fatal', () => {
    const loaded = loadText(defaultsText('instances = x', 'nice = 1', 'per_source = 3') + serviceText());
    expect(loaded.isFatal).toBe(true);
    expect(codesOf(loaded)).toEqual(['XC150', 'XC107', 'XC101']);
    expect(loaded.defaults.values).toEqual({ per_source: 3 });
  });
});

describe('disable', () => {
  test('leaves the service out without a word and ends the entry', () => {
    const loaded = loadText(serviceText(['disable = YES', 'nonsense = 1']));
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.leftOut).toMatchObject([{ why: 'disabled' }]);
  });

  test('with a bad value ends the entry too', () => {
    expect(codes(serviceText(['disable = 1', 'nonsense = 1']))).toEqual(['XC112', 'XC106']);
  });

  test('set to no cannot be set again', () => {
    expect(codes(serviceText(['disable = no', 'disable = yes']))).toEqual(['XC102']);
  });

  test('with a wrong count of values changes nothing', () => {
    expect(loadText(serviceText(['disable = yes # not now'])).services).toHaveLength(1);
  });
});

describe('an entry that is broken off', () => {
  test('is left out without a word of its own', () => {
    const loaded = loadText('service t1\n{\n\tnice = x\n\twait=no\n}\n');
    expect(codesOf(loaded)).toEqual(['XC121', 'XC106', 'XC006']);
    expect(loaded.leftOut).toMatchObject([{ name: 't1', why: 'error' }]);
  });
});

describe('inheritance', () => {
  test('gives what the service does not set', () => {
    const { config, origins } = inherited(['instances = 5', 'banner = /b', 'groups = yes'], ['instances = 9']);
    expect([config.instances, config.banner, config.groups]).toEqual([9, '/b', true]);
    expect([origins.instances?.from, origins.banner?.from, origins.nice]).toEqual(['service', 'defaults', undefined]);
  });

  test('works wherever defaults stand', () => {
    const text = serviceText() + defaultsText('only_from = 10.0.0.1', 'banner_fail = /b');
    const { config } = onlyService(loadText(text));
    expect([config.only_from?.length, config.banner_fail]).toEqual([1, '/b']);
  });

  test.each([
    [['only_from = 10.0.0.1'], [], ['10.0.0.1']],
    [['only_from = 10.0.0.1'], ['only_from = 10.0.0.2'], ['10.0.0.2']],
    [['only_from = 10.0.0.1'], ['only_from += 10.0.0.2'], ['10.0.0.1', '10.0.0.2']],
    [['only_from = 10.0.0.1 10.0.0.2'], ['only_from -= 10.0.0.1'], ['10.0.0.2']],
    [['only_from = 10.0.0.1'], ['only_from ='], []],
    [[], ['only_from -= 10.0.0.1'], []],
    [[], [], undefined],
    [['only_from = 10.0.0.1'], ['only_from = 10.0.0.2', 'only_from += 10.0.0.3'], ['10.0.0.2', '10.0.0.3']],
  ])('of only_from: defaults %j, service %j give %j', (defaults, service, result) => {
    expect(addresses(defaults, service)).toEqual(result);
  });

  test('reaches lists of flags and of variables', () => {
    const defaults = ['log_on_success = PID HOST', 'log_on_failure = HOST', 'passenv = PATH'];
    const { config } = inherited(defaults, ['log_on_success += EXIT', 'log_on_failure -= HOST', 'passenv += HOME']);
    expect(config.log_on_success).toEqual(['HOST', 'EXIT', 'PID']);
    expect(config.log_on_failure).toEqual([]);
    expect(config.passenv).toEqual(['PATH', 'HOME']);
  });
});

describe('defaults', () => {
  test('accumulate lists over blocks and lines', () => {
    expect(addresses(['only_from = 10.0.0.1', 'only_from = 10.0.0.2', 'only_from -= 10.0.0.1'], [])).toEqual([
      '10.0.0.2',
    ]);
  });

  test('keep the first of two values', () => {
    const text = defaultsText('instances = 5', 'instances = 6');
    expect(findings(text)[0]).toMatchObject({ code: 'XC102', args: ['(null)', 'instances'] });
    expect(loadText(text).defaults.values.instances).toBe(5);
  });

  test('can name one log', () => {
    const loaded = loadText(defaultsText('log_type = SYSLOG daemon', 'log_type = FILE /x'));
    expect(codesOf(loaded)).toEqual(['XC109', 'XC107']);
  });

  test.each(['=', '+=', '-='])('name it with %s', (operator) => {
    const loaded = loadText(defaultsText(`log_type ${operator} FILE /x`));
    expect(codesOf(loaded)).toEqual([]);
    expect(loaded.defaults.values.log_type).toMatchObject({ kind: 'file', path: '/x' });
    expect(codesOf(loadText(serviceText([`log_type ${operator} FILE /x`])))).toEqual(operator === '=' ? [] : ['XC103']);
  });
});
