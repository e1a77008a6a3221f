import { describe, expect, it } from 'vitest';

import { DiagnosticCollector } from '../../src/config/diagnostic.ts';
import { parseInetdConf, readInetdConf } from '../../src/config/inetd-conf.ts';
import { renderLog } from '../../src/config/render.ts';
import { sourceText } from '../../src/config/source.ts';
import type { ServiceBlock } from '../../src/config/syntax.ts';
import { fakePorts } from '../support/fake-ports.ts';

function parse(text: string): { readonly services: readonly string[]; readonly log: readonly string[] } {
  const collector = new DiagnosticCollector();
  const services = parseInetdConf(sourceText('i', text), fakePorts({}), collector).map(shown);
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
    const { services, log } = parse('a stream tcp nowait.40 root /s\n');
    expect(services[0]).toContain('wait=no');
    expect(log[0]).toBe('inetd.conf - Bad value for wait: nowait.40 [file=i] [line=1]');
  });

  it.each([
    ['a', 'Invalid socket type'],
    ['a strem', 'Bad socket type: strem'],
    ['a stream', 'No value specified for protocol'],
    ['a stream tcp', 'No value specified for wait'],
    ['a stream tcp wait', 'No value specified for user'],
    ['a stream tcp wait root', 'No value specified for user'],
    ['a stream tcp6 wait root /s', 'Protocol tcp6 not in /etc/protocols'],
    ['a stream rpc/xyz wait root /s', 'bad rpc version numbers'],
    ['a/4-2 stream rpc/tcp wait root /s', 'bad rpc version numbers'],
    ['a/1 stream rpc wait root /s', 'Protocol  not in /etc/protocols'],
    ['a stream tcp wait who /s', 'Unknown user: who'],
    ['a stream tcp wait who.daemon /s', 'Unknown user: who'],
    ['a stream tcp wait root.x /s', 'Unknown group: x'],
    ['discard stream tcp wait root internal', 'service discard not supported'],
  ])('is left out when it is %j', (line, message) => {
    expect(parse(`${line}\n`)).toEqual({ services: [], log: [`inetd.conf - ${message} [file=i] [line=1]`] });
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
