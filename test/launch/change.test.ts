import { describe, expect, test } from 'vitest';
import { isChanging, planChanged, planShell } from '../../src/launch/change.ts';
import type { LaunchWorld } from '../../src/launch/plan.ts';
import { serviceWith } from '../policy/facts.ts';

const ROOT: LaunchWorld = {
  lookupUid: () => undefined,
  groupList: () => [],
  environment: ['HOME=/root', 'A=old'],
  effectiveUid: 0,
  effectiveGid: 0,
  descriptorHardLimit: 1000,
};
const SERVER = serviceWith({ server: '/bin/cat', nice: 2, umask: 0o22 }).config;
const NONE = { settings: [] };

describe('a change for one connection', () => {
  test('is none without a word about the server', () => {
    expect(isChanging(NONE)).toBe(false);
    expect(isChanging({ ...NONE, umask: 0 })).toBe(true);
    expect(isChanging({ settings: ['A=b'] })).toBe(true);
    expect(isChanging({ ...NONE, twist: '' })).toBe(true);
  });

  test('leaves the rest of the plan alone', () => {
    expect(planChanged(SERVER, ROOT, { ...NONE, umask: 0o77 })).toMatchObject({
      path: '/bin/cat',
      argv: ['cat'],
      umask: 0o77,
      nice: 2,
      ids: undefined,
    });
  });

  test('adds to the priority', () => {
    expect(planChanged(SERVER, ROOT, { ...NONE, nice: 3 })?.nice).toBe(5);
    expect(planChanged({ ...SERVER, nice: undefined }, ROOT, { ...NONE, nice: 3 })).toMatchObject({
      nice: 3,
      umask: 0o22,
    });
  });

  test('sets variables in the place of others', () => {
    expect(planChanged(SERVER, ROOT, { settings: ['A=new', 'B=c'] })?.env).toEqual([
      'HOME=/root',
      'XINETD_SERVICE=svc',
      'A=new',
      'B=c',
    ]);
  });

  test('makes root’s server somebody else', () => {
    const ids = { uid: 7, gid: undefined, groups: [8] };
    expect(planChanged(SERVER, ROOT, { ...NONE, ids })?.ids).toEqual({ uid: 7, gid: 0, groups: [8] });
    const group = { uid: undefined, gid: 8, groups: undefined };
    expect(planChanged(SERVER, ROOT, { ...NONE, ids: group })?.ids).toEqual({ uid: 0, gid: 8, groups: [] });
  });

  test('puts a shell into the place of any server', () => {
    const builtin = { ...SERVER, server: undefined, type: ['INTERNAL'] as const };
    const expected = { path: '/bin/sh', argv: ['sh', '-c', 'echo x'] };
    expect(planChanged(builtin, ROOT, { ...NONE, twist: 'echo x' })).toMatchObject(expected);
    expect(planChanged(builtin, ROOT, NONE)).toBeUndefined();
  });
});

test('a shell command runs as the service’s user', () => {
  const user = { name: 'daemon', uid: 1, gid: 1 };
  expect(planShell({ ...SERVER, user }, ROOT, { command: 'x', settings: ['A=b'] })).toMatchObject({
    ids: { uid: 1, gid: 1, groups: [] },
    env: ['HOME=/root', 'XINETD_SERVICE=svc', 'A=b'],
    rlimits: [{ resource: 'nofile', limit: 1000 }],
  });
});
