import { describe, expect, test } from 'vitest';

import { planLaunch } from '../../src/launch/plan.ts';
import type { LaunchConfig, LaunchWorld } from '../../src/launch/plan.ts';

const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 };
const ALICE = { name: 'alice', uid: 1000, gid: 1000 };
const STAFF = { name: 'staff', gid: 50 };

const FTP: LaunchConfig = {
  id: 'ftp',
  type: ['UNLISTED'],
  flags: [],
  server: '/usr/sbin/vsftpd',
  server_args: ['/etc/vsftpd.conf'],
  redirect: undefined,
  user: NOBODY,
  group: undefined,
  groups: false,
  umask: undefined,
  nice: undefined,
  env: [],
  passenv: undefined,
  env_style: [],
  rlimit_as: undefined,
  rlimit_cpu: undefined,
  rlimit_data: undefined,
  rlimit_rss: undefined,
  rlimit_stack: undefined,
  rlimit_files: undefined,
};

const ROOT: LaunchWorld = {
  lookupUid: (uid) => [NOBODY, ALICE].find((user) => user.uid === uid),
  groupList: (user, gid) => (user === 'alice' ? [gid, 27, 100] : [gid]),
  environment: ['PATH=/bin'],
  effectiveUid: 0,
  effectiveGid: 0,
  descriptorHardLimit: 20_000,
};
const ALICES: LaunchWorld = { ...ROOT, effectiveUid: ALICE.uid, effectiveGid: ALICE.gid };

const plan = (change: Partial<LaunchConfig>, world = ROOT) => planLaunch({ ...FTP, ...change }, world);

describe('planLaunch', () => {
  test('plans a server with its surroundings', () => {
    expect(plan({ umask: 0o27, nice: 5 })).toEqual({
      path: '/usr/sbin/vsftpd',
      argv: ['vsftpd', '/etc/vsftpd.conf'],
      env: ['PATH=/bin', 'XINETD_SERVICE=ftp'],
      directory: '/',
      ids: { uid: 65_534, gid: 65_534, groups: [] },
      umask: 0o27,
      nice: 5,
      rlimits: [{ resource: 'nofile', limit: 20_000 }],
    });
  });

  test.each([
    { name: 'a built-in', change: { type: ['INTERNAL'] } },
    { name: 'a service without server', change: { server: undefined } },
    { name: 'a redirected service', change: { redirect: { host: '::1', family: 'ipv6', port: 80 } } },
  ] as const)('plans nothing for $name', ({ change }) => {
    expect(plan(change)).toBeUndefined();
  });
});

describe('the arguments', () => {
  test('begin with the last part of the path', () => {
    expect(plan({ server: '/opt/a b/run', server_args: [] })?.argv).toEqual(['run']);
  });

  test('are exactly server_args with NAMEINARGS', () => {
    expect(plan({ flags: ['NAMEINARGS'], server_args: ['in.ftpd', '-l'] })?.argv).toEqual(['in.ftpd', '-l']);
  });
});

describe('the ids under root', () => {
  test('take the primary group of the user', () => {
    expect(plan({ user: ALICE })?.ids).toEqual({ uid: 1000, gid: 1000, groups: [] });
  });

  test('take the group that is named', () => {
    expect(plan({ user: ALICE, group: STAFF })?.ids).toEqual({ uid: 1000, gid: 50, groups: [] });
  });

  test('have the groups of the user with groups = yes', () => {
    expect(plan({ user: ALICE, group: STAFF, groups: true })?.ids).toEqual({
      uid: 1000,
      gid: 50,
      groups: [1000, 27, 100],
    });
  });

  test('find the groups of a user written in digits', () => {
    const ids = plan({ user: { ...ALICE, name: '1000' }, groups: true })?.ids;
    expect(ids?.groups).toEqual([1000, 27, 100]);
  });

  test('keep the user where only a group is named', () => {
    expect(plan({ user: undefined, group: STAFF, groups: true })?.ids).toEqual({ uid: 0, gid: 50, groups: [] });
  });

  test('stay where nothing is named', () => {
    expect(plan({ user: undefined })?.ids).toBeUndefined();
  });
});

describe('the ids under another user', () => {
  test('stay for the daemon itself, whatever the group', () => {
    expect(plan({ user: ALICE, group: STAFF, groups: true }, ALICES)?.ids).toBeUndefined();
  });

  test('stay where no user is named', () => {
    expect(plan({ user: undefined, group: STAFF }, ALICES)?.ids).toBeUndefined();
  });

  test('are planned for strangers, so that the launch fails', () => {
    expect(plan({ user: NOBODY }, ALICES)?.ids).toEqual({ uid: 65_534, gid: 65_534, groups: [] });
    expect(plan({ user: NOBODY, group: STAFF }, ALICES)?.ids).toMatchObject({ gid: 50 });
  });
});

describe('the resource limits', () => {
  test('name every limit that is set', () => {
    const limits = { rlimit_as: 1, rlimit_cpu: 2, rlimit_data: 3, rlimit_rss: 4, rlimit_stack: 5, rlimit_files: 6 };
    expect(plan(limits)?.rlimits).toEqual([
      { resource: 'nofile', limit: 6 },
      { resource: 'as', limit: 1 },
      { resource: 'cpu', limit: 2 },
      { resource: 'data', limit: 3 },
      { resource: 'rss', limit: 4 },
      { resource: 'stack', limit: 5 },
    ]);
  });

  test('pass UNLIMITED on', () => {
    expect(plan({ rlimit_cpu: Infinity })?.rlimits).toContainEqual({ resource: 'cpu', limit: Infinity });
  });

  test.each([0, Infinity])('give the hard limit of descriptors for rlimit_files = %d', (limit) => {
    expect(plan({ rlimit_files: limit, rlimit_as: 0 })?.rlimits).toEqual([{ resource: 'nofile', limit: 20_000 }]);
  });
});
