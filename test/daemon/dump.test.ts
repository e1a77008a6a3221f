import { describe, expect, test } from 'vitest';
import { formatDump } from '../../src/daemon/dump.ts';
import type { DumpView } from '../../src/daemon/dump.ts';

const AT = new Date(2026, 10, 20, 23, 24, 1);

const VIEW: DumpView = {
  version: '1.2.3',
  now: AT,
  defaultsLines: ['Service defaults', '\tBind = All addresses.'],
  services: [
    {
      name: 'slow',
      state: 'active',
      lines: ['Service configuration: slow', '\tid = slow'],
      runningServers: 1,
      retryServers: 0,
      fd: 6,
    },
    {
      name: 'off',
      state: 'disabled',
      lines: ['Service configuration: off'],
      runningServers: 0,
      retryServers: 0,
      fd: -1,
    },
    {
      name: 'tftp',
      state: 'suspended',
      lines: ['Service configuration: tftp'],
      runningServers: 1,
      retryServers: 0,
      fd: 7,
    },
  ],
  servers: [
    {
      serviceId: 'slow',
      serviceName: 'slow',
      pid: 12345,
      startedAt: AT,
      remote: '127.0.0.1,40000',
      descriptor: -1,
      isUserLogged: false,
    },
  ],
  openDescriptors: [0, 1, 2, 6, 7],
  descriptorsFree: 19984,
  maxDescriptors: 20000,
  processLimit: Infinity,
  configPath: '/etc/xinetd.conf',
};

describe('formatDump', () => {
  test('writes the format that status scripts read', () => {
    expect(formatDump(VIEW).split('\n')).toEqual([
      'INTERNAL STATE DUMP: 1.2.3',
      'Current time: Fri Nov 20 23:24:01 2026',
      '',
      'Services + defaults:',
      'Service defaults',
      '\tBind = All addresses.',
      'Service = slow',
      '\tState = Active',
      '\tService configuration: slow',
      '\t\tid = slow',
      '\trunning servers = 1',
      '\tretry servers = 0',
      '\tattempts = 0',
      '\tservice fd = 6',
      '',
      'Service = off',
      '\tState = Disabled',
      '\tService configuration: off',
      '',
      'Service = tftp',
      '\tState = Suspended',
      '\tService configuration: tftp',
      '',
      'Server table dump:',
      'slow server',
      'pid = 12345',
      'start_time = Fri Nov 20 23:24:01 2026',
      'Connection info:',
      '\tservice = slow',
      '\tdescriptor = -1',
      '\tflags = 3',
      '\tremote_address = 127.0.0.1,40000',
      'log_remote_user = NO',
      'writes_to_log = NO',
      '',
      '',
      'Retry table dump:',
      '',
      'Socket mask: 6',
      'pfds_last = 2',
      'Open descriptors (not in socket mask): 0 1 2 7',
      '',
      'active_services = 1',
      'available_services = 2',
      'descriptors_free = 19984',
      'running_servers = 1',
      'Logging service = enabled',
      '',
      'max_descriptors = 20000',
      'process_limit = 0',
      'config_file = /etc/xinetd.conf',
      '',
      'END OF DUMP',
      '',
      '',
    ]);
  });

  test('prints the limit that -limit set', () => {
    expect(formatDump({ ...VIEW, processLimit: 7 })).toContain('\nprocess_limit = 7\n');
  });

  test('prints a peer that cannot be known', () => {
    const servers = VIEW.servers.map((server) => ({ ...server, remote: undefined, descriptor: 7 }));
    expect(formatDump({ ...VIEW, servers })).toContain(
      '\tdescriptor = 7\n\tflags = 1\n\tremote_address = <no address>\n',
    );
  });
});
