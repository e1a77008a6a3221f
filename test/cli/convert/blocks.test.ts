import { expect, test } from 'vitest';

import { blockText } from '../../../src/cli/convert/blocks.ts';
import { DiagnosticCollector } from '../../../src/config/diagnostic.ts';
import { parseInetdConf } from '../../../src/config/inetd-conf.ts';
import { sourceText } from '../../../src/config/source.ts';
import { fakePorts } from '../../support/fake-ports.ts';
import { codesOf, loadText } from '../../support/load-text.ts';

function blocks(text: string): string {
  return parseInetdConf(sourceText('/i', text), fakePorts({}), new DiagnosticCollector()).map(blockText).join('\n');
}

test('a line becomes an entry', () => {
  expect(blocks('\nhttp stream tcp nowait root /bin/cat cat -u\n')).toMatchInlineSnapshot(`
    "# /i:2
    service http
    {
    	flags           = NOLIBWRAP
    	socket_type     = stream
    	protocol        = tcp
    	wait            = no
    	user            = root
    	groups          = yes
    	server          = /bin/cat
    	server_args     = -u
    }
    "
  `);
});

test.each([
  ['/bin/cat', 'flags           = NOLIBWRAP', ''],
  ['/bin/cat other', 'flags           = NAMEINARGS NOLIBWRAP', 'other'],
  ['/usr/sbin/tcpd /bin/cat -u', '', '-u'],
])('the command %s keeps its name and arguments', (command, flags, args) => {
  const text = blocks(`http stream tcp nowait root ${command}\n`);
  const lines = text.split('\n').filter((line) => /flags|server_args/.test(line));
  expect(lines).toEqual(
    [flags, args && `server_args     = ${args}`].filter((line) => line !== '').map((line) => `\t${line}`),
  );
});

test('the entries load as the lines did', () => {
  const text = blocks(
    'echo stream tcp nowait root internal\n127.0.0.1:8080 stream tcp nowait/5 root:daemon /bin/cat\ntftp dgram udp wait root /bin/echo echo\n',
  );
  const loaded = loadText(text);
  expect(codesOf(loaded)).toEqual([]);
  expect(loaded.services.map(({ config }) => [config.id, config.port, config.instances, config.group?.name])).toEqual([
    ['echo-stream', 7, Infinity, undefined],
    ['8080', 8080, 5, 'daemon'],
    ['tftp', 69, Infinity, undefined],
  ]);
});
