import { createServer, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeFd, localPort, openSocket } from '../../src/native/binding.ts';
import { peersIn, waitingPeers } from '../../src/net/accept-queue.ts';

const row = (local: string, peer: string, state: string, inode: number): string =>
  `   0: ${local} ${peer} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000`;

describe('an accept queue', () => {
  test('holds connections that belong to no process', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      row('0100007F:1F90', '00000000:0000', '0A', 4711),
      row('0100007F:1F90', '0100007F:C001', '01', 0),
      row('0100007F:1F90', '0100007F:C002', '08', 0),
      row('0100007F:1F90', '0100007F:C003', '01', 4712),
      row('0100007F:1F90', '0100007F:C004', '06', 0),
      row('0100007F:1F91', '0100007F:C005', '01', 0),
      '',
    ].join('\n');
    expect(peersIn(table, 8080)).toEqual(['0100007F:C001', '0100007F:C002']);
  });

  test('is read from the kernel', async () => {
    const spec = {
      isV6Only: false,
      isFreeBind: false,
      isNoDelay: false,
      isKeepAlive: false,
      backlog: 8,
      protocol: 6,
      port: 0,
    } as const;
    const fd = openSocket({ ...spec, family: 'ipv4', type: 'stream', address: '127.0.0.1' });
    onTestFinished(() => closeFd(fd));
    const client = connect(localPort(fd), '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await new Promise((resolve) => client.once('connect', resolve));
    expect((await waitingPeers(localPort(fd))).size).toBe(1);
  });

  test('does not hold what a process has accepted', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const accepted = new Promise((resolve) => server.once('connection', resolve));
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await accepted;
    expect(await waitingPeers(port)).toEqual(new Set());
  });
});
