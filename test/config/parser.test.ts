import { describe, expect, it } from 'vitest';

import { WordBudget } from '../../src/config/bounds.ts';
import { DiagnosticCollector, type Diagnostic } from '../../src/config/diagnostic.ts';
import { Parser } from '../../src/config/parser.ts';
import { renderLog } from '../../src/config/render.ts';
import { sourceText } from '../../src/config/source.ts';
import type { Entry } from '../../src/config/syntax.ts';

interface Parsed {
  readonly entries: readonly string[];
  readonly log: readonly string[];
  readonly findings: readonly Diagnostic[];
}

function parse(text: string, budget?: WordBudget): Parsed {
  const collector = new DiagnosticCollector();
  const entries = new Parser(sourceText('f', text), collector, budget).file().map(shown);
  const log = collector.all.flatMap((finding) => renderLog(finding)?.text ?? []);
  return { entries, log, findings: collector.all };
}

function shown(entry: Entry): string {
  if ('path' in entry) return `${entry.kind} ${entry.path.text}`;
  const name = entry.kind === 'service' ? ` ${entry.name.text}` : '';
  const body = entry.assignments.map(({ name: attribute, operator, values }) =>
    [attribute.text, operator, ...values.map((value) => value.text)].join(' '),
  );
  return `${entry.kind}${name} ${entry.isComplete ? '' : 'broken '}[${body.join('; ')}]`;
}

describe('entries', () => {
  it('are services, defaults and includes in order', () => {
    const { entries, log } = parse('defaults\n{\n}\ninclude /a\nservice ftp\n{\n port = 21\n}\nincludedir /d\n');
    expect(entries).toEqual(['defaults []', 'include /a', 'service ftp [port = 21]', 'includedir /d']);
    expect(log).toEqual([]);
  });

  it('ignore words after the first on a header', () => {
    expect(parse('SERVICE ftp and more\n{\n}\nInclude /a b\n').entries).toEqual(['service ftp []', 'include /a']);
  });

  it('may have their braces far away and indented', () => {
    expect(parse('service ftp\n\n# x\n   {\n\t}  \n').entries).toEqual(['service ftp []']);
  });

  it('know their place from header to brace', () => {
    const [entry] = new Parser(sourceText('f', '\nservice a\n{\n}\n\n'), new DiagnosticCollector()).file();
    expect(entry).toMatchObject({ span: { start: 1, end: 14 } });
  });
});

describe('assignments', () => {
  it('take words as values, byte for byte', () => {
    const { entries } = parse('service a\n{\n x =1\n y += "b c" #d\n z -=\n}\n');
    expect(entries).toEqual(['service a [x = 1; y += "b c" #d; z -=]']);
  });

  it('survive CRLF line ends', () => {
    expect(parse('service a\r\n{\r\n x = 1\r\n}\r\n').entries).toEqual(['service a [x = 1]']);
  });

  it('note comment signs and quote marks among values', () => {
    const { findings, log } = parse('service a\n{\n x = 1 # one\n y = "a"\n}\n');
    expect(findings.map(({ code, span }) => [code, span?.start, span?.end])).toEqual([
      ['XC028', 19, 24],
      ['XC027', 30, 33],
    ]);
    expect(log).toEqual([]);
  });
});

describe('errors in headers', () => {
  it('skip to the next lone brace, other entries included', () => {
    const { entries, log, findings } = parse('junk\nservice a\n{\n}\nservice b\n{\n}\n');
    expect(entries).toEqual(['service b []']);
    expect(log).toEqual(['missing service keyword [file=f] [line=1]']);
    expect(findings[0]?.related?.map(({ message }) => message)).toEqual(['service a is skipped because of this']);
  });

  it('take spaces that are no blanks as part of the keyword', () => {
    expect(parse('\fservice a\n{\n}\n').log).toEqual(['missing service keyword [file=f] [line=1]']);
  });

  it('report a keyword without a name', () => {
    const { entries, log } = parse('service\n{\n}\ninclude\n}\n');
    expect(entries).toEqual([]);
    expect(log).toEqual(['service name missing [file=f] [line=1]', 'service name missing [file=f] [line=4]']);
  });

  it('report a missing opening brace at the line that is not it', () => {
    const { log, findings } = parse('service a {\n x = 1\n}\ndefaults\nx\n}\n');
    expect(log).toEqual(["Service a: missing '{' [file=f] [line=2]", "Service (null): missing '{' [file=f] [line=5]"]);
    expect(findings[0]?.hint).toBe('move "{" to a line of its own below this one');
  });

  it('explain a brace with company', () => {
    expect(parse('service a\n{ # x\n}\n').findings[0]?.hint).toContain('nothing may follow "{"');
  });

  it('warn when the file ends while skipping', () => {
    expect(parse('service a\n\n').log).toEqual([
      "Service a: missing '{' [file=f] [line=2]",
      'missing } in last service entry [file=f] [line=2]',
    ]);
  });
});

describe('errors in a service', () => {
  it.each([
    ['a=b', 'Attribute a needs a space before operator'],
    [' = b', 'Attribute  needs a space before operator'],
    ['a : b', 'Bad operator for attribute: a'],
    ['a + = b', 'Bad operator for attribute: a'],
    ['a', 'Nothing after attribute: a'],
    ['a \t', 'Nothing after attribute: a'],
  ])('of the line %j break the service', (line, message) => {
    const { entries, log } = parse(`service s\n{\n x = 1\n${line}\n y = 2\n}\nservice t\n{\n}\n`);
    expect(entries).toEqual(['service s broken [x = 1]', 'service t []']);
    expect(log).toEqual([`${message} [file=f] [line=4]`]);
  });

  it('suggest the line that was meant', () => {
    expect(parse('service s\n{\n a+=b c\n}\n').findings[0]?.hint).toBe('write "a += b c"');
    expect(parse('service s\n{\n a : b\n}\n').findings[0]?.hint).toBe('write "a = b"');
  });

  it('point at the entry without closing brace', () => {
    const { findings } = parse('service s\n{\n x = 1 }\nservice t\n{\n}\n');
    expect(findings[0]).toMatchObject({ code: 'XC007', related: [{ span: { start: 0 } }] });
    expect(findings[0]?.hint).toBe('the "}" in line 3 is part of the value: put it on a line of its own');
  });

  it('explain a closing brace with company', () => {
    expect(parse('service s\n{\n} # end\n}\n').findings[0]?.hint).toContain('nothing may follow "}"');
  });

  it('report the end of the file', () => {
    const { entries, log } = parse('service s\n{\n x = 1\n\n');
    expect(entries).toEqual(['service s broken [x = 1]']);
    expect(log).toEqual(['incomplete entry [file=f] [line=4]', 'missing } in last service entry [file=f] [line=4]']);
  });
});

describe('a service that is switched off', () => {
  it.each(['yes', 'YES', 'maybe'])('is not examined after disable = %s', (value) => {
    const { entries, log } = parse(`service s\n{\n DISABLE = ${value}\n garbage\n a=b\n}\n`);
    expect(entries).toEqual([`service s [DISABLE = ${value}]`]);
    expect(log).toEqual([]);
  });

  it.each(['disable = no', 'disable = yes # x', 'disable =', 'disable += yes'])('is not made by %s', (line) => {
    expect(parse(`service s\n{\n ${line}\n x = 1\n}\n`).entries[0]).toContain('; x = 1]');
  });

  it('stays on when disable = no came first', () => {
    expect(parse('service s\n{\n disable = no\n disable = yes\n x = 1\n}\n').entries[0]).toContain('x = 1');
  });

  it('swallows what follows a missing brace', () => {
    expect(parse('service s\n{\n disable = yes\nservice t\n{\n}\nservice u\n{\n}\n').entries).toHaveLength(2);
    expect(parse('service s\n{\n disable = yes\n').log).toEqual(['missing } in last service entry [file=f] [line=3]']);
  });
});

describe('defaults', () => {
  it('may stand once in a file', () => {
    const { entries, log } = parse('defaults\n{\n}\ndefaults\n{\n x = 1\n}\nservice a\n{\n}\n');
    expect(entries).toEqual(['defaults []', 'service a []']);
    expect(log).toEqual(['only 1 defaults entry is allowed. This entry will be ignored [file=f] [line=5]']);
  });

  it('are abandoned without skipping at an error', () => {
    const { entries, log } = parse('defaults\n{\n a = 1\n b=2\n c = 3\n}\nservice s\n{\n}\ndefaults\n{\n}\n');
    expect(entries).toEqual(['defaults broken [a = 1]', 'service s []', 'defaults []']);
    expect(log).toEqual([
      'Attribute b needs a space before operator [file=f] [line=4]',
      'missing service keyword [file=f] [line=5]',
    ]);
  });

  it('are not ended by disable', () => {
    expect(parse('defaults\n{\n disable = yes\n a = 1\n}\n').entries).toEqual(['defaults [disable = yes; a = 1]']);
  });
});

describe('bounds', () => {
  const long = 'x'.repeat(1 << 20);

  it('leave out a service with an overlong line', () => {
    const { entries, findings } = parse(`service s\n{\n ${long} = 1\n}\n${long}y\n}\n`);
    expect(entries).toEqual(['service s broken []']);
    expect(findings.map(({ code }) => code)).toEqual(['XC010', 'XC010']);
  });

  it('stop reading when there are too many words', () => {
    const { findings } = parse(`service s\n{\n${' a = b\n'.repeat(20)}}\n`, new WordBudget(10));
    expect(findings.map(({ code }) => code)).toEqual(['XC029']);
  });

  it('leave out an entry with too many attributes', () => {
    const { entries, log } = parse(`service s\n{\n${' a = b\n'.repeat(10_001)}}\nservice t\n{\n}\n`);
    expect([entries[0]?.slice(0, 17), entries[1]]).toEqual(['service s broken ', 'service t []']);
    expect(log).toEqual(['more than 10000 attributes in one entry [file=f] [line=10003]']);
  });

  it('stop reading when there are too many entries', () => {
    const { entries, findings } = parse('service s\n{\n}\n'.repeat(100), new WordBudget(80));
    expect([entries.length, findings.map(({ code }) => code)]).toEqual([10, ['XC029']]);
  });

  it('stop reading when there are too many findings', () => {
    expect(parse('}\n'.repeat(1000), new WordBudget(1000)).findings.length).toBeLessThan(30);
  });

  it('report NUL bytes once', () => {
    expect(parse('service s\n{\n a = b\0c\n d\0 = e\n}\n').findings.map(({ code }) => code)).toEqual([
      'XC008',
      'XC026',
    ]);
  });
});
