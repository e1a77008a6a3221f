// A service on a raw socket: its server reads packets below UDP and TCP, one server at a time.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { output } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

/** Writes down the text of one ICMP packet. */
const SERVER = `#!/usr/bin/env python3
import socket
packet = socket.socket(fileno=0).recv(65535)
open("/run/packets", "a").write(packet[28:].decode("latin1") + "\\n")
`;

/** Sends an ICMP packet of a type that nobody answers; argument: its text. */
const SEND = `
import socket, struct, sys
body = sys.argv[1].encode() + b"\\0" * (len(sys.argv[1]) % 2)
total = sum(struct.unpack("!%dH" % (len(body) // 2 + 4), struct.pack("!BBHHH", 40, 0, 0, 1, 1) + body))
total = (total >> 16) + (total & 0xffff)
total += total >> 16
packet = struct.pack("!BBHHH", 40, 0, ~total & 0xffff, 1, 1) + body
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).sendto(packet, ("127.0.0.1", 0))
`;

const packets = (): string => (existsSync('/run/packets') ? readFileSync('/run/packets', 'latin1') : '');

test.each(['yes', 'no'])('a server reads each packet, with wait = %s', async (wait) => {
  writeFileSync('/run/raw.py', SERVER, { mode: 0o755 });
  writeFileSync('/run/packets', '');
  const raw = { socket_type: 'raw', protocol: 'icmp', flags: 'IPv4', wait, port: 1, server: '/run/raw.py' };
  await startDaemon(defaults() + service('packets', raw) + builtin('daytime', { port: freshPort() }));
  await output('python3', ['-c', SEND, 'first!']);
  await until('the first packet', () => packets() === 'first!\n');
  await output('python3', ['-c', SEND, 'second']);
  await until('the second packet', () => packets() === 'first!\nsecond\n');
});
