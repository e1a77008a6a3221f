import { describe, expect, it } from 'vitest';

import { CODES, type CodeRow } from '../../src/config/codes.ts';
import { DiagnosticCollector, type Diagnostic } from '../../src/config/diagnostic.ts';
import { parseFile } from '../../src/config/parser.ts';
import { renderJson, renderLog, renderTerminal } from '../../src/config/render.ts';
import { sourceText } from '../../src/config/source.ts';

function findings(bytes: string): readonly Diagnostic[] {
  const collector = new DiagnosticCollector();
  parseFile(sourceText('/etc/x', bytes), collector);
  return collector.all;
}

function terminal(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  return findings(bytes).map(renderTerminal).join('\n');
}

describe('the terminal form', () => {
  it('shows the line, a caret and a hint', () => {
    expect(terminal('service ftp\n{\n    port=21\n}\n')).toMatchInlineSnapshot(`
      "/etc/x:3:5: error XC006: attribute "port" needs a blank before the operator
        3 |     port=21
          |     ^^^^
          hint: write "port = 21""
    `);
  });

  it('expands tabs so that the caret stands right', () => {
    expect(terminal('service ftp\n{\n\tserver_args\t= -l "a b"\n}\n')).toMatchInlineSnapshot(`
      "/etc/x:3:19: warning XC027: quote marks have no meaning here: they are part of the value
        3 |         server_args     = -l "a b"
          |                              ^^^^^
          hint: remove the quote marks; put a command with blanks into a script"
    `);
  });

  it('shows related places', () => {
    expect(terminal('service a\n{\n x = 1\nservice b\n{\n}\n')).toMatchInlineSnapshot(`
      "/etc/x:4:1: error XC007: expected "=", "+=" or "-=" after "service"
        4 | service b
          | ^^^^^^^
          hint: write "name = value", or close the entry with "}" before this line
          /etc/x:1:1: the entry that begins here has no line that is only "}"
        1 | service a
          | ^^^^^^^^^"
    `);
  });

  it('shows UTF-8 as characters and counts their cells', () => {
    expect(terminal('service ftp\n{\n\tid = 日本 # é\n}\n')).toMatchInlineSnapshot(`
      "/etc/x:3:14: warning XC028: no comment begins here: "#" and what follows are values
        3 |         id = 日本 # é
          |                   ^^^
          hint: move the comment to a line of its own"
    `);
  });

  it('escapes control bytes and bytes that are no text', () => {
    const source = sourceText('/etc/\x1b[2J', '\x1b[31m\xff\xc3 junk\n');
    const shown = renderTerminal({ code: 'XC001', args: [], span: { source, start: 0, end: 7 } });
    expect(shown).toMatchInlineSnapshot(`
      "/etc/\\x1b[2J:1:1: error XC001: expected "service", "defaults", "include" or "includedir"
        1 | \\x1b[31m\\xff\\xc3 junk
          | ^^^^^^^^^^^^^^^^
          hint: begin the line with a keyword, or make it a comment with "#""
    `);
  });

  it('escapes characters that would move the cursor', () => {
    const bytes = Buffer.from('a\u202eb\u00adc\u{1f600}').toString('latin1');
    const shown = renderTerminal({ code: 'XC012', args: [`${bytes}\xed\xa0\x80`] });
    expect(shown).toContain('a\\xe2\\x80\\xaeb\\xc2\\xadc\u{1f600}\\xed\\xa0\\x80');
  });

  it('cuts no character in two', () => {
    const shown = terminal(`service a\n{\n id = ${'日'.repeat(80)} # ${'本'.repeat(80)}\n}\n`);
    expect(shown).not.toContain('\\x');
  });

  it('cuts long lines around the caret', () => {
    const shown = terminal(`service ftp\n{\n id = ${'long '.repeat(60)}# ${'more '.repeat(60)}\n}\n`);
    expect(shown).toMatchInlineSnapshot(`
      "/etc/x:3:307: warning XC028: no comment begins here: "#" and what follows are values
        3 | …long long long long long long long long long long long long # more more more more more more more more more more more more more more more more more more more mor…
          |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: move the comment to a line of its own"
    `);
  });

  it('stays silent about progress', () => {
    expect(renderTerminal({ code: 'XC011', args: ['/a'] })).toBeUndefined();
    expect(renderJson({ code: 'XC011', args: ['/a'] })).toBeUndefined();
  });

  it('does without a place', () => {
    const shown = renderTerminal({ code: 'XC016', args: ['/a', 'No such file or directory', 2] });
    expect(shown).toMatchInlineSnapshot(`
      "error XC016: cannot read /a: No such file or directory
          hint: name the right file with -f, or mend its permissions"
    `);
  });
});

describe('the log form', () => {
  it('is the wording of the reference with file and line', () => {
    expect(findings('service ftp\n{\n port=21\n}\n').map(renderLog)).toEqual([
      {
        severity: 'error',
        func: 'get_attr_op',
        text: 'Attribute port needs a space before operator [file=/etc/x] [line=3]',
      },
    ]);
  });

  it('has a place only where the reference has one', () => {
    const [finding] = findings('x\n}\n');
    expect(renderLog({ ...finding, code: 'XC015', args: ['/d'] })?.text).toBe(
      '/d is not a regular file. It is being skipped.',
    );
  });

  it('is one line in every wording', () => {
    const wordings = Object.values<CodeRow>(CODES).map(({ log }) => log ?? '');
    expect(wordings.filter((wording) => wording.includes('\n'))).toEqual([]);
  });

  it('stays silent about lint', () => {
    expect(findings('service a\n{\n x = "y"\n}\n').map(renderLog)).toEqual([undefined]);
  });
});

describe('the JSON form', () => {
  it('gives place, hint and what a reload does', () => {
    expect(findings('service ftp\n{\n port=21\n}\n').map(renderJson)).toEqual([
      {
        code: 'XC006',
        severity: 'error',
        message: 'attribute "port" needs a blank before the operator',
        file: '/etc/x',
        line: 3,
        column: 2,
        endColumn: 6,
        hint: 'write "port = 21"',
        reload: 'reject',
      },
    ]);
  });

  it('names related places', () => {
    const [finding] = findings('service a\n{\n x = 1\nservice b\n{\n}\n');
    expect(finding && renderJson(finding)?.related).toEqual([
      { file: '/etc/x', line: 1, message: 'the entry that begins here has no line that is only "}"' },
    ]);
  });
});
