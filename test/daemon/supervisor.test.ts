import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Supervisor, supervisionOf } from '../../src/daemon/supervisor.ts';
import { closeFd, localPort, openSocket } from '../../src/native/binding.ts';
import { LOOPBACK } from '../native/support.ts';

/** A manager that takes what it is told, or refuses while `isBusy`. */
function manager(watchdogMs?: number) {
  const heard: string[] = [];
  const state = { isBusy: false };
  const send = (text: string): boolean => {
    if (!state.isBusy) heard.push(text);
    return !state.isBusy;
  };
  return { heard, state, supervisor: new Supervisor({ isThere: true, send, watchdogMs }) };
}

describe('the supervisor', () => {
  test('says ready with a status', () => {
    const { heard, supervisor } = manager();
    supervisor.ready('2 services');
    expect(heard).toEqual(['READY=1\nSTATUS=2 services']);
  });

  test('stamps a reload with the monotonic clock', () => {
    const { heard, supervisor } = manager();
    supervisor.reloading();
    expect(heard[0]).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
  });

  test('repeats in order what the manager could not take', () => {
    vi.useFakeTimers();
    const { heard, state, supervisor } = manager();
    state.isBusy = true;
    supervisor.reloading();
    supervisor.ready('back');
    state.isBusy = false;
    vi.advanceTimersByTime(100);
    expect(heard).toEqual([expect.stringMatching(/^RELOADING=1/), 'READY=1\nSTATUS=back']);
    vi.useRealTimers();
  });

  test('gives up on a manager that never listens', () => {
    vi.useFakeTimers();
    const { state, supervisor } = manager();
    state.isBusy = true;
    supervisor.ready('here');
    vi.advanceTimersByTime(60_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('gives signs of life twice in each period until it stops', () => {
    vi.useFakeTimers();
    const { heard, supervisor } = manager(1000);
    supervisor.watch(() => 'alive');
    vi.advanceTimersByTime(1000);
    supervisor.stopping();
    vi.advanceTimersByTime(5000);
    expect(heard).toEqual(['WATCHDOG=1\nSTATUS=alive', 'WATCHDOG=1\nSTATUS=alive', 'STOPPING=1\nSTATUS=stopping']);
    vi.useRealTimers();
  });

  test('gives no signs of life that nobody asked for', () => {
    vi.useFakeTimers();
    manager().supervisor.watch(() => 'alive');
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe('sockets that the manager keeps', () => {
  test('are named by their address and forgotten by that name', () => {
    const { heard, supervisor } = manager();
    const fd = openSocket({ ...LOOPBACK, family: 'ipv6', address: '::1', isV6Only: true });
    onTestFinished(() => closeFd(fd));
    supervisor.keep(fd);
    supervisor.keep(fd);
    supervisor.forget(fd);
    const name = `FDNAME=@ipv6-stream-__1-${localPort(fd)}-only`;
    expect(heard).toEqual([`FDSTORE=1\nFDPOLL=0\n${name}`, `FDSTOREREMOVE=1\n${name}`]);
  });

  test('are not sent once they are to be forgotten', () => {
    vi.useFakeTimers();
    const { heard, state, supervisor } = manager();
    const fd = openSocket(LOOPBACK);
    onTestFinished(() => closeFd(fd));
    state.isBusy = true;
    supervisor.keep(fd);
    supervisor.forget(fd);
    state.isBusy = false;
    vi.advanceTimersByTime(100);
    expect(heard).toEqual([expect.stringMatching(/^FDSTOREREMOVE=1/)]);
    vi.useRealTimers();
  });

  test('stay kept while the daemon stops', () => {
    const { heard, supervisor } = manager();
    const fd = openSocket(LOOPBACK);
    onTestFinished(() => closeFd(fd));
    supervisor.keep(fd);
    supervisor.stopping();
    supervisor.forget(fd);
    expect(heard.at(-1)).toMatch(/^STOPPING=1/);
  });
});

describe('the environment of the service manager', () => {
  test.each([
    [{ WATCHDOG_USEC: '30000000' }, 30_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 30_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{}, undefined],
  ])('%j watches process 7 every %s ms', (variables, watchdogMs) => {
    expect(supervisionOf({ NOTIFY_SOCKET: '@manager', ...variables }, 7).watchdogMs).toBe(watchdogMs);
  });

  test.each([undefined, '', 'relative', '@', '/'])('the address %j means that nobody supervises', (address) => {
    const { send, watchdogMs } = supervisionOf({ NOTIFY_SOCKET: address, WATCHDOG_USEC: '1000' }, 7);
    expect([send('READY=1'), watchdogMs]).toEqual([true, undefined]);
  });

  test.each(['/nowhere/notify', '@no manager of this name'])('a manager gone from %s is not waited for', (address) => {
    expect(supervisionOf({ NOTIFY_SOCKET: address }, 7).send('READY=1')).toBe(true);
  });
});
