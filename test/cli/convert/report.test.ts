import { expect, test } from 'vitest';

import { reportJson, reportText } from '../../../src/cli/convert/report.ts';
import { unitsOf } from '../../../src/cli/convert/units.ts';
import { defaultsText, loadText, serviceText } from '../../support/load-text.ts';

const text = [
  defaultsText('cps = 1 2', 'log_type = SYSLOG daemon'),
  serviceText([], 'one'),
  serviceText(['port = 40002'], 'two'),
  'service echo\n{\ntype = INTERNAL\nsocket_type = stream\nwait = no\n}\n',
  serviceText(['disable = yes'], 'off'),
].join('');
const { services, leftOut } = loadText(text);
const conversions = services.map((service) =>
  unitsOf(service, { unit: service.config.id, origin: 'From x.', groupsOf: () => [] }),
);
const converted = { conversions, leftOut, notes: ['A note.'] };

test('the report says a loss of defaults once', () => {
  expect(reportText(converted)).toMatchInlineSnapshot(`
    "4 units:
      one.socket
      one@.service
      two.socket
      two@.service

    Not converted:
      echo: systemd has no built-in services (/x.conf:24)
      off: it is disabled (/x.conf:30)

    Lost, and callers are served whom xinetd refuses:
      /x.conf:3: cps = 1 2 [one, two]: no pause that ends by itself; from systemd 255 on, PollLimitIntervalSec= and PollLimitBurst= slow callers down

    Lost:
      /x.conf:4: log_type = SYSLOG daemon info [one, two]: what servers write goes to the socket, what systemd notes to the journal

    In all units:
      A note.
    "
  `);
});

test('the report for programs has units, refusals and losses with their places', () => {
  const { units, refused, leftOut: omitted, losses } = JSON.parse(reportJson(converted));
  expect(units.map(({ name }: { name: string }) => name)).toEqual([
    'one.socket',
    'one@.service',
    'two.socket',
    'two@.service',
  ]);
  expect(refused).toEqual([{ service: 'echo', reason: 'systemd has no built-in services', file: '/x.conf', line: 24 }]);
  expect(omitted).toMatchObject([{ service: 'off', why: 'disabled' }]);
  expect(losses[0]).toMatchObject({
    service: 'one',
    attribute: 'cps',
    value: '1 2',
    opens: true,
    file: '/x.conf',
    line: 3,
  });
});
