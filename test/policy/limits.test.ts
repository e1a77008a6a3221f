import { describe, expect, test } from 'vitest';
import { instancesCheck, perSourceCheck, processLimitCheck } from '../../src/policy/limits.ts';
import { requestWith } from './facts.ts';

describe('instances', () => {
  test('refuses when as many servers run', () => {
    expect(instancesCheck(requestWith({ instances: 2 }, { runningServers: 2 }))).toMatchObject({
      reason: 'service_limit',
    });
  });

  test('allows the last server of the limit', () => {
    expect(instancesCheck(requestWith({ instances: 2 }, { runningServers: 1 }))).toBeUndefined();
  });

  test('never refuses without a limit', () => {
    expect(instancesCheck(requestWith({ instances: Infinity }, { runningServers: 1e9 }))).toBeUndefined();
  });
});

describe('per_source', () => {
  test('refuses when the source holds as many', () => {
    const request = requestWith({ per_source: 1 }, { runningFromSource: 1 });
    expect(perSourceCheck(request)).toMatchObject({ reason: 'per_source_limit' });
  });

  test('allows the last server of the source', () => {
    expect(perSourceCheck(requestWith({ per_source: 2 }, { runningFromSource: 1 }))).toBeUndefined();
  });

  test('lets an unknown source pass', () => {
    expect(perSourceCheck(requestWith({ per_source: 0 }, { source: undefined }))).toBeUndefined();
  });
});

describe('the process limit', () => {
  test('refuses one server more than the limit', () => {
    const request = requestWith({}, { processLimit: 3, trackedServers: 3 });
    expect(processLimitCheck(request)).toEqual({ reason: 'process_limit' });
  });

  test('allows the server that reaches the limit', () => {
    expect(processLimitCheck(requestWith({}, { processLimit: 3, trackedServers: 2 }))).toBeUndefined();
  });

  test('is absent at infinity', () => {
    expect(processLimitCheck(requestWith({}, { trackedServers: Infinity }))).toBeUndefined();
  });
});
