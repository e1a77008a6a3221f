import { describe, expect, test } from 'vitest';
import { effectiveConfiguration } from '../../src/config/effective.ts';
import { defaultsText, loadText, serviceText } from '../support/load-text.ts';

describe('the effective configuration', () => {
  test('writes out what a service inherits', () => {
    const text = defaultsText('instances = 5', 'only_from = 10.0.0.0/8', 'log_type = SYSLOG daemon');
    expect(effectiveConfiguration(loadText(text + serviceText(['only_from += 10.1.{2,3}'])))).toMatchInlineSnapshot(`
      "service t1
      {
      	id              = t1
      	type            = UNLISTED
      	flags           = IPv6
      	socket_type     = stream
      	protocol        = tcp
      	port            = 40001
      	v6only          = no
      	wait            = no
      	user            = root
      	groups          = no
      	server          = /bin/cat
      	instances       = 5
      	per_source      = UNLIMITED
      	cps             = 50 10
      	only_from       = 10.0.0.0/8 10.1.{2} 10.1.{3}
      	log_type        = SYSLOG daemon info
      	log_on_success  =
      	log_on_failure  =
      }
      "
    `);
  });

  test('keeps a common log file in defaults', () => {
    const text =
      defaultsText('log_type = FILE /log 1k') + serviceText() + serviceText(['log_type = STDOUT', 'port = 2'], 't2');
    const effective = effectiveConfiguration(loadText(text));
    expect(effective.match(/log_type +=.*/g)).toEqual([
      'log_type        = FILE /log 1024 6144',
      'log_type        = STDOUT',
    ]);
    expect(effective.startsWith('defaults\n{')).toBe(true);
  });

  test('has no service that is left out', () => {
    expect(effectiveConfiguration(loadText(serviceText(['disable = yes']) + serviceText(['nice = x'])))).toBe('');
  });

  test('keeps an empty list', () => {
    expect(effectiveConfiguration(loadText(serviceText(['only_from =', 'passenv =']))).match(/.* =$/gm)).toEqual([
      '\tpassenv         =',
      '\tonly_from       =',
      '\tlog_on_success  =',
      '\tlog_on_failure  =',
    ]);
  });
});
