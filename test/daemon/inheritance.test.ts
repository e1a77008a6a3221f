import { expect, onTestFinished, test } from 'vitest';
import { CRASH_VARIABLE } from '../../src/daemon/crash-restart.ts';
import { claimInheritance } from '../../src/daemon/inheritance.ts';
import { writeRecord } from '../../src/daemon/memory-record.ts';
import { closeFd, openSocket } from '../../src/native/binding.ts';
import { LOOPBACK } from '../native/support.ts';

test('a process that comes after none inherits nothing', () => {
  expect(claimInheritance({}, process.pid)).toMatchObject({
    isSuccessor: false,
    sockets: [],
    handedSockets: 0,
    survivors: [],
    notes: [],
  });
});

test('sockets of services count once: those that somebody else holds as well are copied', () => {
  const [own, shared] = [openSocket(LOOPBACK), openSocket(LOOPBACK)];
  onTestFinished(() => [own, shared].forEach(closeFd));
  const record = JSON.stringify({ sockets: [own], shared: [{ fd: shared, name: 'web' }], crashesMs: [] });
  const environment = { [CRASH_VARIABLE]: String(writeRecord('crash', Buffer.from(`${record}\n`))) };
  const inheritance = claimInheritance(environment, process.pid);
  expect(inheritance.sockets.map(({ fd }) => fd)).toEqual([own, shared]);
  expect(inheritance).toMatchObject({
    isSuccessor: true,
    handedSockets: 1,
    notes: [{ level: 'critical', func: 'crash_restart' }],
  });
});
