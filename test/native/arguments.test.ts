// Checking arguments: a wrong value is a TypeError before any system call is made, whatever it is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as binding from '../../src/native/binding.ts';
import { SystemError } from '../../src/native/system-error.ts';

const WITHOUT_ARGUMENTS = ['descriptorLimit', 'cancelRestart', 'restartNow'];
const verbs = Object.entries(binding).filter(([name]) => name !== 'trimLater' && name !== 'watchExits');

describe('a verb', () => {
  test.each(verbs)('%s refuses values of any other kind', (_name, verb) => {
    const strange = fc.oneof(fc.anything(), fc.constant(-1), fc.constant({ family: 'ipv4' }), fc.constant([null]));
    fc.assert(
      fc.property(fc.array(strange.filter(isNoFd), { maxLength: 5 }), (values) => {
        try {
          Reflect.apply(verb, undefined, values);
        } catch (error) {
          expect(error instanceof TypeError || error instanceof SystemError).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
  test.each(verbs.filter(([name]) => !WITHOUT_ARGUMENTS.includes(name)))('%s needs its arguments', (_name, verb) => {
    expect(() => Reflect.apply(verb, undefined, [])).toThrow(TypeError);
  });
});

/** The descriptors of the runner must survive. */
function isNoFd(value: unknown): boolean {
  return typeof value !== 'number' || !(value >= 0 && value < 100_000);
}
