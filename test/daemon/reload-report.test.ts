import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import { reloadReport } from '../../src/daemon/reload-report.ts';
import type { ReloadReport } from '../../src/daemon/reload-report.ts';
import { smallWorld } from '../support/load-text.ts';

const cat = (id: string, more: readonly string[] = []): string =>
  [
    'service echo',
    '{',
    `id = ${id}`,
    'socket_type = stream',
    'protocol = tcp',
    'wait = no',
    'user = root',
    'server = /bin/cat',
  ]
    .concat(more, '}', '')
    .join('\n');

function load(text: string): LoadedConfig {
  return loadConfig({ path: '/x.conf', baseDirectory: '/' }, smallWorld(text));
}

function report(before: string, after: string, runningServers = 0): ReloadReport {
  const loaded = load(before);
  return reloadReport(load(after), {
    loaded,
    running: new Map(loaded.services.map((service) => [service, runningServers])),
  });
}

describe('the report of a reload', () => {
  test('names each attribute that changes', () => {
    const { changes } = report(cat('a', ['nice = 5']), cat('a', ['instances = 10']), 2);
    expect(changes).toEqual([
      {
        id: 'a',
        change: 'changes',
        isRebound: false,
        attributes: [
          { name: 'nice', before: '5', after: null },
          { name: 'instances', before: 'UNLIMITED', after: '10' },
        ],
        runningServers: 2,
      },
    ]);
  });

  test('says when the socket is another one', () => {
    const [change] = report(cat('a'), cat('a', ['bind = 127.0.0.1'])).changes;
    expect(change?.isRebound).toBe(true);
    expect(change?.attributes).toContainEqual({ name: 'bind', before: null, after: '127.0.0.1' });
  });

  test('tells what starts and what ends', () => {
    const { changes, unchanged } = report(cat('a') + cat('b'), cat('a') + cat('c'), 1);
    expect(unchanged).toBe(1);
    expect(changes).toMatchObject([
      { id: 'b', change: 'ends', runningServers: 1 },
      { id: 'c', change: 'starts', runningServers: 0 },
    ]);
  });

  test('counts what stays as it is', () => {
    expect(report(cat('a') + cat('b'), cat('b') + cat('a'))).toMatchObject({
      isAccepted: true,
      changes: [],
      unchanged: 2,
    });
  });

  test('names what speaks against it, and then nothing changes', () => {
    const { isAccepted, objections, changes } = report(cat('a'), cat('a', ['instances = many']));
    expect({ isAccepted, changes }).toEqual({ isAccepted: false, changes: [] });
    expect(objections).toMatchObject([{ code: 'XC150', file: '/x.conf', line: 9, severity: 'error' }]);
  });

  test('keeps apart what was found and does not speak against it', () => {
    const { isAccepted, objections, findings } = report(
      cat('a', ['colour = red']),
      cat('a', ['colour = red', 'nice = 1']),
    );
    expect({ isAccepted, objections }).toEqual({ isAccepted: true, objections: [] });
    expect(findings).toMatchObject([{ code: 'XC100' }]);
  });
});
