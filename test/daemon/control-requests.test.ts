import { beforeEach, describe, expect, test } from 'vitest';
import type { ServiceConfig } from '../../src/config/service-config.ts';
import { BanKeeper } from '../../src/daemon/ban-keeper.ts';
import { answerRequest } from '../../src/daemon/control-requests.ts';
import type { ControlView } from '../../src/daemon/control-requests.ts';
import type { ServerDetail, Premises } from '../../src/daemon/premises.ts';
import type { ReloadReport } from '../../src/daemon/reload-report.ts';
import { ServiceInOperation } from '../../src/daemon/service.ts';
import { SourceRates } from '../../src/daemon/source-rates.ts';
import { Children } from '../../src/launch/children.ts';
import { monotonicMs } from '../../src/native/monotonic.ts';
import { compileAccess } from '../../src/policy/address.ts';
import { serviceWith } from '../policy/facts.ts';

let premises: Premises;
let operations: ServiceInOperation[] = [];

beforeEach(() => {
  const bans = new BanKeeper({ log: () => {}, path: undefined, nowMs: monotonicMs, wallMs: Date.now });
  const facts = { bans, children: new Children<ServerDetail>(), pid: 77, processLimit: 9 };
  // Requests look at nothing else of the premises.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  premises = facts as unknown as Premises;
  operations = [operation({ id: 'ftp', instances: 3, per_source: 2 }), operation({ id: 'other', per_source_cps: 5 })];
});

function operation(config: Partial<ServiceConfig>): ServiceInOperation {
  const service = serviceWith(config);
  return new ServiceInOperation({
    service,
    access: compileAccess(service.config),
    endpoint: undefined,
    builtin: undefined,
    isTcpmux: false,
    launcher: undefined,
    wrapping: 'never',
    isForking: true,
  });
}

function run(service: ServiceInOperation, pid: number, source: string): void {
  premises.children.add({
    pid,
    isInProcess: false,
    serviceId: service.key,
    source,
    startedAtMs: monotonicMs() - 2500,
    detail: { service, source: undefined, requestNumber: 1, startedAt: new Date() },
  });
}

const REPORT: ReloadReport = { isAccepted: true, objections: [], findings: [], changes: [], unchanged: 7 };

function ask(request: object): ReturnType<typeof answerRequest> {
  const view: ControlView = {
    premises,
    version: '1.2',
    configPath: '/etc/xinetd.conf',
    operations: () => operations,
    reload: async () => REPORT,
    previewReload: () => ({ ...REPORT, unchanged: 8 }),
    upgrade: async (fd) => `no program for ${fd()}`,
  };
  return answerRequest(view, { ...request }, () => 5);
}

const first = (): ServiceInOperation => operations[0] ?? operation({});

describe('status', () => {
  test('tells services and their servers', async () => {
    run(first(), 2 ** 30, '192.0.2.1');
    first().tally.served = 1;
    first().tally.refused.set('address', 2);
    expect(await ask({ request: 'status' })).toMatchObject({
      ok: true,
      result: {
        version: '1.2',
        pid: 77,
        processLimit: 9,
        runningServers: 1,
        bans: 0,
        services: [
          {
            id: 'ftp',
            state: 'not started',
            instances: { running: 1, limit: 3 },
            perSource: { limit: 2 },
            served: 1,
            refused: { address: 2 },
            servers: [{ pid: 2 ** 30, from: '192.0.2.1', seconds: 2, cpuSeconds: null }],
          },
          { id: 'other', instances: { running: 0, limit: null } },
        ],
      },
    });
  });
});

describe('reload', () => {
  test('answers when it has been carried out', async () => {
    expect(await ask({ request: 'reload' })).toEqual({ ok: true, result: REPORT });
  });
  test('looks only, where it is asked to', async () => {
    expect(await ask({ request: 'reload', dryRun: true })).toMatchObject({ result: { unchanged: 8 } });
  });
  test('refuses what is neither', async () => {
    expect(await ask({ request: 'reload', dryRun: 'yes' })).toMatchObject({ ok: false });
  });
});

describe('facts', () => {
  test('are those of one service and one caller', async () => {
    run(first(), 500, '192.0.2.1');
    run(first(), 501, '192.0.2.2');
    premises.bans.add('192.0.2.1', 1);
    expect(await ask({ request: 'facts', service: 'FTP', address: '::ffff:192.0.2.1' })).toMatchObject({
      result: {
        instances: { running: 2, limit: 3 },
        perSource: { running: 1, limit: 2 },
        perSourceCps: { limit: null, left: null },
        processLimit: { running: 2, limit: 9 },
        isSensor: false,
        banLeftSeconds: 60,
      },
    });
  });

  test('know how often a source may still call', async () => {
    const [, other] = operations;
    if (other !== undefined) {
      other.sources = new SourceRates();
      other.sources.set('192.0.2.1', { count: 5, windowStartSecond: Math.floor(monotonicMs() / 1000) });
    }
    const left = (address: string) => ask({ request: 'facts', service: 'other', address });
    expect(await left('192.0.2.1')).toMatchObject({ result: { perSourceCps: { limit: 5, left: 0 } } });
    expect(await left('2001:db8::1')).toMatchObject({ result: { perSourceCps: { limit: 5, left: 5 } } });
  });

  test('need no address, and find a service by its name', async () => {
    expect(await ask({ request: 'facts', service: 'svc' })).toMatchObject({ result: { id: 'ftp', banLeftSeconds: 0 } });
  });

  test.each([
    [{ service: 'nobody' }, 'no such service'],
    [{}, 'no such service'],
    [{ service: 'ftp', address: '10.0.0.0/8' }, 'address must be one whole IPv4 or IPv6 address'],
  ])('are refused for %j', async (words, error) => {
    expect(await ask({ request: 'facts', ...words })).toEqual({ ok: false, error });
  });
});

describe('bans', () => {
  test('can be made, listed and ended', async () => {
    expect(await ask({ request: 'bans.add', address: '::ffff:192.0.2.1', minutes: 2 })).toEqual({
      ok: true,
      result: {},
    });
    expect(await ask({ request: 'bans.add', address: '2001:DB8::1' })).toEqual({ ok: true, result: {} });
    expect(await ask({ request: 'bans.list' })).toEqual({
      ok: true,
      result: {
        bans: [
          { address: '192.0.2.1', leftSeconds: 120 },
          { address: '2001:db8::1', leftSeconds: null },
        ],
      },
    });
    expect(await ask({ request: 'bans.remove', address: '192.0.2.1' })).toEqual({ ok: true, result: {} });
    expect(await ask({ request: 'bans.remove', address: '192.0.2.1' })).toEqual({
      ok: false,
      error: '192.0.2.1 is not banned',
    });
    premises.bans.end();
  });

  test.each([0, -1, 1.5, 'x', null, 2 ** 31])('are refused for %j minutes', async (minutes) => {
    expect(await ask({ request: 'bans.add', address: '192.0.2.1', minutes })).toEqual({
      ok: false,
      error: 'minutes must be a whole number above 0',
    });
  });

  test.each(['bans.add', 'bans.remove'])('%s needs an address', async (request) => {
    expect(await ask({ request })).toMatchObject({ ok: false });
    expect(await ask({ request, address: '10.1' })).toMatchObject({ ok: false });
  });
});

describe('an unknown request', () => {
  test('is answered with the known ones', async () => {
    expect(await ask({ request: 'dance' })).toEqual({
      ok: false,
      error: 'known requests are status bans.list bans.add bans.remove facts reload upgrade',
    });
  });
});
