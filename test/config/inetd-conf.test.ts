import { describe, expect, it } from 'vitest';

import { DiagnosticCollector } from '../../src/config/diagnostic.ts';
import { parseInetdConf, readInetdConf } from '../../src/config/inetd-conf.ts';
import type { ConfigPorts } from '../../src/config/ports.ts';
import { renderLog } from '../../src/config/render.ts';
import { sourceText } from '../../src/config/source.ts';
import type { ServiceBlock } from '../../src/config/syntax.ts';
import { fakePorts } from '../support/fake-ports.ts';

function parse(
  text: string,
  world: Partial<ConfigPorts> = {},
): { readonly services: readonly string[]; readonly log: readonly string[] } {
  const collector = new DiagnosticCollector();
  const services = parseInetdConf(sourceText('i', text), fakePorts({}, world), collector).map(shown);
  return { services, log: collector.all.flatMap((finding) => renderLog(finding)?.text ?? []) };
}

function shown({ name, assignments }: ServiceBlock): string {
  const body = assignments.map((each) => `${each.name.text}=${each.values.map(({ text }) => text).join(' ')}`);
  return `${name.text}: ${body.join(', ')}`;
}

describe('a line of inetd.conf', () => {
  it('becomes the service it stands for', () => {
    const { services, log } = parse('# ftp\n\nftp stream tcp nowait root /bin/ftpd ftpd -l # x\n');
    expect(services).toEqual([
      'ftp: protocol=tcp, socket_type=stream, wait=no, user=root, groups=yes, flags=NAMEINARGS NOLIBWRAP REUSE, server=/bin/ftpd, server_args=ftpd -l # x',
    ]);
    expect(log).toEqual(['added service ftp [file=i] [line=3]']);
  });

  it.each([
    ['/run/ftp', 'ftp: socket_path=/run/ftp, '],
    [
      ':root:daemon:0660:/run/ftp',
      'ftp: socket_path=/run/ftp, socket_mode=0660, socket_user=root, socket_group=daemon, ',
    ],
    [':::0600:/run/ftp', 'ftp: socket_path=/run/ftp, socket_mode=0600, socket_type'],
  ])('may listen on the path %s', (field, expected) => {
    const { services } = parse(`${field} stream unix nowait root /bin/ftpd ftpd\n`);
    expect(services[0]).toContain(expected);
    expect(services[0]).toMatch(/socket_type=stream, wait=no, .* server=\/bin\/ftpd, server_args=ftpd$/u);
  });

  it('of a path is of the protocol unix', () => {
    expect(parse('/run/ftp stream tcp nowait root /s\n')).toEqual({
      services: [],
      log: ['inetd.conf - Protocol tcp not in /etc/protocols [file=i] [line=1]'],
    });
  });

  it('may have no arguments at all', () => {
    expect(parse('ftp stream tcp nowait root /bin/ftpd\n').services[0]).not.toContain('server_args');
  });

  it('points into its fields', () => {
    const [block] = parseInetdConf(
      sourceText('i', 'a stream tcp wait root /s\n'),
      fakePorts({}),
      new DiagnosticCollector(),
    );
    const wait = block?.assignments.find(({ name }) => name.text === 'wait');
    expect([block?.isInetd, wait?.values[0]?.span]).toMatchObject([true, { start: 13, end: 17 }]);
  });

  it.each([
    ['root.daemon', 'user=root, group=daemon'],
    ['root:daemon', 'user=root, group=daemon'],
    ['0:1', 'user=0, group=1'],
  ])('names user and group as %s', (field, expected) => {
    expect(parse(`a stream tcp wait ${field} /s\n`).services[0]).toContain(expected);
  });

  it('may be an RPC service', () => {
    expect(parse('rstatd/2-4 dgram rpc/udp wait root /s rpc.rstatd\n').services[0]).toMatch(
      /^rstatd: type=RPC, rpc_version=2-4, protocol=udp, socket_type=dgram/u,
    );
  });

  it('may be an internal service', () => {
    const { services } = parse(
      'echo stream tcp nowait root internal\necho dgram udp wait root internal\nx stream tcp wait root internal\n',
    );
    expect(services).toEqual([
      'echo: protocol=tcp, socket_type=stream, wait=no, user=root, groups=yes, type=INTERNAL, id=echo-stream',
      'echo: protocol=udp, socket_type=dgram, wait=yes, user=root, groups=yes, type=INTERNAL, id=echo-dgram',
      'x: protocol=tcp, socket_type=stream, wait=yes, user=root, groups=yes, type=INTERNAL',
    ]);
  });

  it('keeps an unknown word for wait as nowait', () => {
    const { services, log } = parse('a stream tcp nowait-40 root /s\n');
    expect(services[0]).toContain('wait=no');
    expect(log[0]).toBe('inetd.conf - Bad value for wait: nowait-40 [file=i] [line=1]');
  });

  it.each([
    ['nowait.40', 'wait=no, cps=40 10, user'],
    ['wait:2', 'wait=yes, cps=2 10, user'],
    ['nowait.0', 'wait=no, user'],
    ['nowait/10', 'wait=no, instances=10, user'],
    ['nowait/0/60/5', 'wait=no, per_source_cps=60, per_source=5, user'],
  ])('limits its servers with %s', (field, expected) => {
    const { services, log } = parse(`a stream tcp ${field} root /s\n`);
    expect(services[0]).toContain(expected);
    expect(log).toEqual(['added service a [file=i] [line=1]']);
  });

  it.each([
    ['tcp4', 'flags=NAMEINARGS NOLIBWRAP REUSE IPv4, server=/s'],
    ['tcp6', 'flags=NAMEINARGS NOLIBWRAP REUSE IPv6, server=/s'],
    ['tcp46', 'flags=NAMEINARGS NOLIBWRAP REUSE IPv6, server=/s, v6only=no'],
    ['tcp6only', 'flags=NAMEINARGS NOLIBWRAP REUSE IPv6, server=/s, v6only=yes'],
  ])('chooses its family with %s', (protocol, expected) => {
    const [service] = parse(`a stream ${protocol} nowait root /s\n`).services;
    expect(service).toMatch(/^a: protocol=tcp, /u);
    expect(service).toMatch(new RegExp(`${expected}$`, 'u'));
  });

  it('may begin with the addresses it listens on', () => {
    const { services } = parse('127.0.0.1,[::1]:a stream tcp wait root internal\n*:a stream tcp wait root internal\n');
    expect(services.map((each) => each.replace(/.*(type=INTERNAL)/u, '$1'))).toEqual([
      'type=INTERNAL, bind=127.0.0.1',
      'type=INTERNAL, bind=::1',
      'type=INTERNAL',
    ]);
  });

  it('may name a port instead of a service', () => {
    expect(parse('9999 stream tcp wait root /s\n').services[0]).toMatch(
      /^9999: type=UNLISTED, port=9999, protocol=tcp/u,
    );
  });

  it('may name a program number instead of an RPC service', () => {
    expect(parse('100068/2-5 dgram rpc/udp6 wait root /s\n').services[0]).toMatch(
      /^100068: type=RPC UNLISTED, rpc_number=100068, rpc_version=2-5, protocol=udp/u,
    );
  });

  it('may be an RPC service as AIX writes it', () => {
    const line = 'rstatd sunrpc_udp udp wait root /s rstatd 100001 1-3\n';
    expect(parse(line).services[0]).toBe(
      'rstatd: type=RPC UNLISTED, rpc_number=100001, rpc_version=1-3, protocol=udp, socket_type=dgram, wait=yes, user=root, groups=yes, flags=NAMEINARGS NOLIBWRAP REUSE, server=/s, server_args=rstatd',
    );
  });

  it.each([
    ['/usr/sbin/tcpd in.ftpd -l', 'server=/usr/sbin/in.ftpd, server_args=in.ftpd -l'],
    ['/opt/lib/tcpd in.ftpd', 'server=/opt/lib/in.ftpd, server_args=in.ftpd'],
    ['/usr/sbin/tcpd /lib/ftp/ftpd -l', 'server=/lib/ftp/ftpd, server_args=ftpd -l'],
  ])('is the program that tcpd guards: %s', (command, expected) => {
    const program = { kind: 'file', mode: 0o755, uid: 0, gid: 0, isExecutable: true } as const;
    const world = { stat: (path: string) => (path === '/opt/lib/in.ftpd' ? program : undefined) };
    const [service] = parse(`ftp stream tcp nowait root ${command}\n`, world).services;
    expect(service).toContain(`flags=NAMEINARGS REUSE, ${expected}`);
  });

  it('may carry what has no effect here, with a warning', () => {
    const { services, log } = parse('a stream:httpready tcp,rcvbuf=1m wait root:daemon/web /s\n');
    expect(services[0]).toMatch(/^a: protocol=tcp, socket_type=stream, wait=yes, user=root, group=daemon, /u);
    expect(log.slice(0, -1)).toEqual(
      [':httpready', 'rcvbuf=1m', '/web'].map(
        (word) => `inetd.conf - Not used: ${word.replace(/^:/u, '')} [file=i] [line=1]`,
      ),
    );
  });

  it('waits for datagrams where it is built in', () => {
    expect(parse('echo dgram udp nowait root internal\n').services[0]).toContain('wait=yes');
  });

  it.each([
    ['a', 'Invalid socket type'],
    ['a strem', 'Bad socket type: strem'],
    ['a stream', 'No value specified for protocol'],
    ['a stream tcp', 'No value specified for wait'],
    ['a stream tcp wait', 'No value specified for user'],
    ['a stream tcp wait root', 'No value specified for user'],
    ['a stream ip6 wait root /s', 'Protocol ip6 not in /etc/protocols'],
    ['a sunrpc_tcp tcp wait root /s a 100001 x', 'bad rpc version numbers'],
    ['a stream tcp wait root /usr/sbin/tcpd', 'No server for /usr/sbin/tcpd'],
    ['a stream rpc/xyz wait root /s', 'bad rpc version numbers'],
    ['a/4-2 stream rpc/tcp wait root /s', 'bad rpc version numbers'],
    ['a/1 stream rpc wait root /s', 'Protocol  not in /etc/protocols'],
    ['a stream tcp wait who /s', 'Unknown user: who'],
    ['a stream tcp wait who.daemon /s', 'Unknown user: who'],
    ['a stream tcp wait root.x /s', 'Unknown group: x'],
  ])('is left out when it is %j', (line, message) => {
    expect(parse(`${line}\n`)).toEqual({ services: [], log: [`inetd.conf - ${message} [file=i] [line=1]`] });
  });
});

describe('lines together', () => {
  it('share the address that stands alone before them', () => {
    const { services } = parse(
      'a stream tcp wait root /s\n10.1.2.3:\na stream tcp wait root /s\n*:\na stream tcp wait root /s\n',
    );
    expect(services.map((each) => each.includes('bind=10.1.2.3'))).toEqual([false, true, false]);
  });

  it('of one service keep to their families', () => {
    const { services } = parse(
      'a stream tcp6 wait root internal\na stream tcp wait root internal\nb stream tcp6 wait root internal\n',
    );
    expect(services.map((each) => each.replace(/.*groups=yes, /u, ''))).toEqual([
      'flags=IPv6, type=INTERNAL, v6only=yes',
      'flags=IPv4, type=INTERNAL',
      'flags=IPv6, type=INTERNAL',
    ]);
  });
});

describe('the file', () => {
  const text = 'a stream tcp wait root /s\n';

  it('may be missing', () => {
    const collector = new DiagnosticCollector();
    expect([readInetdConf('/i', fakePorts({}), collector), collector.all]).toEqual([[], []]);
  });

  it('is read, unless anybody can write it', () => {
    expect(readInetdConf('/i', fakePorts({ '/i': text }), new DiagnosticCollector())).toHaveLength(1);
    expect(readInetdConf('/i', fakePorts({ '/i': { text, mode: 0o666 } }), new DiagnosticCollector())).toEqual([]);
  });
});
