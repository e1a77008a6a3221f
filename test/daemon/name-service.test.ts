import { describe, expect, test } from 'vitest';
import { unfailing } from '../../src/daemon/name-service.ts';
import type { NameService } from '../../src/daemon/name-service.ts';
import { SystemError } from '../../src/native/system-error.ts';

function failing(error: Error): NameService {
  const fail = (): never => {
    throw error;
  };
  return { lookupUser: fail, lookupGroup: fail, groupList: fail, strerror: String };
}

describe('a name service that fails', () => {
  const names = unfailing(failing(new SystemError('getpwnam', 5, 'root', 'Input/output error')));

  test('knows nobody', () => {
    expect(names.lookupUser('root')).toBeUndefined();
    expect(names.lookupGroup('root')).toBeUndefined();
  });

  test('leaves a user the first group', () => {
    expect(names.groupList('root', 7)).toEqual([7]);
  });

  test('hides no mistake of ours', () => {
    expect(() => unfailing(failing(new TypeError('no'))).lookupUser('root')).toThrow(TypeError);
  });
});

describe('a name service that works', () => {
  test('is asked', () => {
    const root = { name: 'root', uid: 0, gid: 0 };
    const names = unfailing({
      lookupUser: () => root,
      lookupGroup: () => root,
      groupList: () => [0, 5],
      strerror: (errno) => `error ${errno}`,
    });
    expect([names.lookupUser(0), names.lookupGroup(0), names.groupList('root', 0), names.strerror(5)]).toEqual([
      root,
      root,
      [0, 5],
      'error 5',
    ]);
  });
});
