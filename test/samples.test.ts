// The sample files in etc and the examples in the documents are real: each loads without a complaint.

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { codeRow } from '../src/config/codes.ts';
import { loadConfig } from '../src/config/load.ts';
import type { LoadedConfig } from '../src/config/load.ts';
import type { ConfigPorts, FileStatus, ServiceName } from '../src/config/ports.ts';
import { fakePorts } from './support/fake-ports.ts';

const WELL_KNOWN: Readonly<Record<string, number>> = {
  echo: 7,
  discard: 9,
  daytime: 13,
  chargen: 19,
  ftp: 21,
  time: 37,
  rsync: 873,
};
const PROGRAM: FileStatus = { kind: 'file', mode: 0o755, uid: 0, gid: 0, isExecutable: true };
const NOBODY = 65_534;

const read = (path: string): string => readFileSync(path, 'latin1');
const samples = readdirSync('etc/xinetd.d');

function load(files: Readonly<Record<string, string>>, effectiveUid = 0): LoadedConfig {
  const plain = fakePorts(files);
  const ports: ConfigPorts = {
    ...plain,
    stat: (path) => (/^\/(usr\/)?s?bin\//.test(path) ? PROGRAM : plain.stat(path)),
    lookupService: wellKnown,
    effectiveUid,
  };
  return loadConfig({ path: '/etc/xinetd.conf', baseDirectory: '/etc' }, ports);
}

function wellKnown(name: string, protocol: string): ServiceName | undefined {
  const port = WELL_KNOWN[name];
  return port === undefined ? undefined : { name, port, protocol, aliases: [] };
}

/** Warnings and errors, as code and arguments. */
function complaintsOf({ diagnostics }: LoadedConfig): readonly string[] {
  return diagnostics
    .filter(({ code }) => ['critical', 'error', 'warning'].includes(codeRow(code).severity))
    .map(({ code, args }) => [code, ...args].join(' '));
}

const idsOf = ({ services }: LoadedConfig): readonly string[] => services.map(({ config }) => config.id);

describe('the demo configuration', () => {
  const loaded = load({ '/etc/xinetd.conf': read('etc/demo.conf') }, NOBODY);

  test('loads without a complaint', () => {
    expect(complaintsOf(loaded)).toEqual([]);
  });

  test('offers programs and built-in services', () => {
    expect(idsOf(loaded)).toEqual(expect.arrayContaining(['date', 'cat', 'health', 'echo-stream', 'echo-dgram']));
  });

  test('stays on loopback and high ports', () => {
    const places = loaded.services.map(({ config }) => [config.bind?.address, config.port > 17_000]);
    expect(new Set(places.map(String))).toEqual(new Set(['127.0.0.1,true']));
  });
});

describe('the sample configuration', () => {
  const main = read('etc/xinetd.conf');
  const withSamples = (change: (text: string) => string): LoadedConfig =>
    load({
      '/etc/xinetd.conf': main,
      ...Object.fromEntries(samples.map((name) => [`/etc/xinetd.d/${name}`, change(read(`etc/xinetd.d/${name}`))])),
    });

  test('offers nothing as shipped', () => {
    const loaded = withSamples((text) => text);
    expect([complaintsOf(loaded), idsOf(loaded)]).toEqual([[], []]);
  });

  test('offers every sample once it is switched on', () => {
    const loaded = withSamples((text) => text.replace(/disable(\s*)= yes/, 'disable$1= no'));
    expect([complaintsOf(loaded), idsOf(loaded).length]).toEqual([[], samples.length]);
  });
});

describe('an example in the documents', () => {
  const fenced = [...read('README.md').matchAll(/^```\n((?:service|defaults)[^`]*)^```$/gm)].map(
    ([, text]) => text ?? '',
  );
  const manual = /^\.SH EXAMPLE\n\.RS\n\.nf\n([^]*?)\n\.fi$/m.exec(read('docs/man/xinetd.conf.5'));
  const examples = [...fenced, (manual?.[1] ?? '').replaceAll('\\-', '-')].map((text) => ({ text }));

  test.each(examples)('loads: $text', ({ text }) => {
    const loaded = load({ '/etc/xinetd.conf': `${text}\n` });
    expect([complaintsOf(loaded), loaded.services.length > 0]).toEqual([[], true]);
  });
});
