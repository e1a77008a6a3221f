import { describe, expect, test } from 'vitest';
import { placesOf } from '../../src/daemon/places.ts';
import type { PlaceChoice } from '../../src/daemon/places.ts';

const USUAL: PlaceChoice = { kind: 'usual' };
const usual = { stateFolder: USUAL, controlSocket: USUAL };

describe('the places of a daemon', () => {
  test('are the usual ones for root and /etc/xinetd.conf', () => {
    expect(placesOf({ ...usual, configPath: '/etc/xinetd.conf' }, 0)).toEqual({
      bans: '/var/lib/xinetd-ts/bans.json',
      control: '/run/xinetd-ts.sock',
    });
  });

  test('hold no bans for another configuration', () => {
    expect(placesOf({ ...usual, configPath: '/srv/x.conf' }, 0).bans).toBeUndefined();
  });

  test('are none for ordinary users', () => {
    expect(placesOf({ ...usual, configPath: '/etc/xinetd.conf' }, 1000)).toEqual({
      bans: undefined,
      control: undefined,
    });
  });

  test('are where the command line says', () => {
    const choices = {
      stateFolder: { kind: 'at', path: '/srv/state' },
      controlSocket: { kind: 'at', path: '/srv/socket' },
      configPath: '/srv/x.conf',
    } as const;
    expect(placesOf(choices, 1000)).toEqual({ bans: '/srv/state/bans.json', control: '/srv/socket' });
  });

  test('can be switched off', () => {
    const choices = { stateFolder: { kind: 'none' }, controlSocket: { kind: 'none' } } as const;
    expect(placesOf({ ...choices, configPath: '/etc/xinetd.conf' }, 0)).toEqual({
      bans: undefined,
      control: undefined,
    });
  });
});
