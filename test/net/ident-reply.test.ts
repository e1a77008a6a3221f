import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { identAnswer, identCutOff, identQuestion } from '../../src/net/ident-reply.ts';

const PORTS = { peer: 40_000, local: 23 };
const answer = (text: string) => identAnswer(text, PORTS);
const known = (text: string) => ({ kind: 'known', text });
const badLine = (line: string) => ({ kind: 'unknown', result: 'bad response', trouble: { kind: 'bad line', line } });
const TOO_MUCH = {
  kind: 'unknown',
  result: 'error while receiving response',
  trouble: { kind: 'message', text: 'Too much input from identity server' },
};

describe('the question to an identity server', () => {
  test('names the peer’s port first', () => {
    expect(identQuestion(PORTS)).toBe('40000,23\r\n');
  });
});

describe('the reply of an identity server', () => {
  test('says who the user is', () => {
    expect(answer('40000,23:USERID:UNIX:alice\r\n')).toEqual(known('UNIX:alice'));
  });

  test('may have blanks around its fields', () => {
    expect(answer(' 40000 , 23 : USERID :  UNIX , us-ascii : al ice \r\n')).toEqual(known('UNIX , us-ascii : al ice '));
  });

  test('is not an answer until its line ends', () => {
    expect(answer('40000,23:USERID:UNIX:alice')).toBeUndefined();
    expect(answer('40000,23:USERID:UNIX:alice\n')).toBeUndefined();
    expect(answer('40000,23:USERID:UNIX:alice\r')).toBeUndefined();
  });

  test('ends with its first line', () => {
    expect(answer('40000,23:USERID:UNIX:alice\r\nUSERID:root\r\n')).toEqual(known('UNIX:alice'));
  });

  test.each([
    '40000,23 : ERROR : NO-USER',
    '40000,23:userid:UNIX:alice',
    '40000,24:USERID:UNIX:alice',
    '40001,23:USERID:UNIX:alice',
    '140000,23:USERID:UNIX:alice',
    'nonsense',
    '',
  ])('%j is bad', (line) => {
    expect(answer(`${line}\r\n`)).toEqual(badLine(line));
  });

  test('may be 1023 bytes long, and no more', () => {
    const longest = '40000,23:USERID:'.padEnd(1023, 'a');
    expect(answer(`${longest}\r\n`)).toMatchObject({ kind: 'known' });
    expect(answer(longest)).toBeUndefined();
    expect(answer(`${longest}a`)).toEqual(TOO_MUCH);
    expect(answer(`${longest}a\r\n`)).toEqual(TOO_MUCH);
  });

  test('that is cut off is an error', () => {
    expect(identCutOff()).toMatchObject({ result: 'error while receiving response' });
  });
});

const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const blanks = fc.constantFrom('', ' ', '\t', '  ');

describe('any bytes from an identity server', () => {
  test('are waited for, understood or refused', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        const found = answer(text);
        if (found === undefined) expect(text).not.toContain('\r\n');
        else expect(['known', 'unknown']).toContain(found.kind);
      }),
    );
  });

  test('mean the same in whatever pieces they come', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (text, at) => {
        const whole = answer(`${text}\r\n`);
        expect(answer(`${text}\r\n`.slice(0, at)) ?? whole).toEqual(whole);
      }),
    );
  });

  test('behind USERID come through unchanged', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(port, port, blanks, bytes, (peer, local, blank, text) => {
        fc.pre(!text.includes('\r\n') && !/^[ \t]/.test(text) && text.length < 900 && !text.endsWith('\r'));
        const line = `${blank}${peer}${blank},${blank}${local}${blank}:${blank}USERID${blank}:${blank}${text}`;
        expect(identAnswer(`${line}\r\n`, { peer, local })).toEqual(known(text));
      }),
    );
  });
});
