import { describe, expect, it } from 'vitest';

import { MAX_INCLUDE_DEPTH } from '../../src/config/bounds.ts';
import { DiagnosticCollector } from '../../src/config/diagnostic.ts';
import { readBlocks, type BlocksRead } from '../../src/config/include.ts';
import type { ConfigPorts } from '../../src/config/ports.ts';
import { renderLog } from '../../src/config/render.ts';
import { fakePorts, FIFO } from '../support/fake-ports.ts';

interface Read extends Omit<BlocksRead, 'blocks'> {
  readonly blocks: readonly string[];
  readonly codes: readonly string[];
  readonly log: readonly string[];
}

function read(files: Parameters<typeof fakePorts>[0], change: Partial<ConfigPorts> = {}, path = '/main'): Read {
  const collector = new DiagnosticCollector();
  const result = readBlocks({ path, baseDirectory: '/base' }, fakePorts(files, change), collector);
  return {
    ...result,
    blocks: result.blocks.map((block) => (block.kind === 'service' ? block.name.text : block.kind)),
    codes: collector.all.map(({ code }) => code),
    log: collector.all.flatMap((finding) => renderLog(finding)?.text ?? []),
  };
}

function service(name: string): string {
  return `service ${name}\n{\n}\n`;
}

describe('the main file', () => {
  it('gives its blocks in order', () => {
    const { blocks, mainFile } = read({ '/main': `${service('a')}defaults\n{\n}\n${service('b')}` });
    expect([blocks, mainFile]).toEqual([['a', 'defaults', 'b'], 'read']);
  });

  it('that is missing is reported as open(2) says', () => {
    const { mainFile, log } = read({});
    expect([mainFile, log]).toEqual(['unreadable', ['open( /main ) failed: No such file or directory (errno = 2)']]);
  });

  it('without entries would make a reload fail', () => {
    const { mainFile, codes, log } = read({ '/main': '# nothing\n' });
    expect([mainFile, codes, log]).toEqual(['read', ['XC017'], []]);
  });

  it('may have a relative path', () => {
    expect(read({ '/base/x/main': service('a') }, {}, 'x/main').blocks).toEqual(['a']);
  });
});

describe('include', () => {
  it('is read where it stands', () => {
    const { blocks, log, fileCount } = read({
      '/main': `${service('a')}include /one\n${service('b')}`,
      '/one': service('c'),
    });
    expect(blocks).toEqual(['a', 'c', 'b']);
    expect(log).toEqual(['Reading included configuration file: /one [file=/main] [line=4]']);
    expect(fileCount).toBe(2);
  });

  it('keeps findings in textual order', () => {
    const { log } = read({ '/main': 'include /one\njunk\n}\n', '/one': '\njunk\n}\n' });
    expect(log).toEqual([
      'Reading included configuration file: /one [file=/main] [line=1]',
      'missing service keyword [file=/one] [line=2]',
      'missing service keyword [file=/main] [line=2]',
    ]);
  });

  it('is relative to the base directory', () => {
    expect(read({ '/main': 'include sub/one\n', '/base/sub/one': service('a') }).blocks).toEqual(['a']);
  });

  it('of a missing file costs only that file', () => {
    const { blocks, log } = read({ '/main': `include /no\n${service('a')}` });
    expect(blocks).toEqual(['a']);
    expect(log).toEqual(['Unable to open included configuration file: /no [file=/main] [line=1]']);
  });

  it('of a directory reads nothing and says so', () => {
    const { blocks, codes } = read({ '/main': 'include /d\n', '/d/a': service('a') });
    expect([blocks, codes]).toEqual([[], ['XC011', 'XC025']]);
  });

  it('of a FIFO is refused', () => {
    expect(read({ '/main': 'include /p\n', '/p': FIFO }).log).toEqual([
      '/p is not a regular file. It is being skipped.',
    ]);
  });

  it('of a file too large is refused', () => {
    const system = { errno: 27, reason: 'File too large' };
    const readFile: ConfigPorts['readFile'] = (path) =>
      path === '/big'
        ? { ok: false, failure: 'too-large', system }
        : fakePorts({ '/main': 'include /big\n' }).readFile(path);
    expect(read({}, { readFile }).codes).toEqual(['XC021']);
  });

  it('stops where all files together are too large', () => {
    const comment = `#${'x'.repeat(40 * 1024 * 1024)}\n`;
    expect(read({ '/main': 'include /a\ninclude /b\n', '/a': comment, '/b': comment }).codes).toEqual([
      'XC011',
      'XC011',
      'XC021',
    ]);
  });

  it('may happen twice, but not inside itself', () => {
    expect(read({ '/main': 'include /a\ninclude /a\n', '/a': service('a') }).blocks).toEqual(['a', 'a']);
    expect(read({ '/main': `include /main\n${service('a')}` })).toMatchObject({ blocks: ['a'], codes: ['XC018'] });
    expect(read({ '/main': 'include /a\n', '/a': 'include //./a\n' }).codes).toEqual(['XC011', 'XC018']);
  });

  it('is followed only so deep', () => {
    const chain = Array.from({ length: 30 }, (_, at) => [`/${at}`, `include /${at + 1}\n`]);
    const { codes, fileCount } = read(Object.fromEntries([['/main', 'include /0\n'], ...chain]));
    expect(codes.at(-1)).toBe('XC019');
    expect(fileCount).toBe(MAX_INCLUDE_DEPTH + 1);
  });

  it('of files that include each other in all orders ends', () => {
    const all = Array.from({ length: 12 }, (_, at) => `/d/${at}`);
    const { codes } = read(
      Object.fromEntries([['/main', 'includedir /d\n'], ...all.map((name) => [name, 'includedir /d\n'])]),
    );
    expect(codes).toContain('XC018');
  });
});

describe('includedir', () => {
  it('reads names without dot or tilde in byte order', () => {
    const names = ['b', 'a.conf', 'Z', '.x', 'a', 'c~', '#d#'];
    const { blocks } = read(
      Object.fromEntries([['/main', 'includedir /d\n'], ...names.map((each) => [`/d/${each}`, service(each)])]),
    );
    expect(blocks).toEqual(['#d#', 'Z', 'a', 'b']);
  });

  it('keeps the path as written', () => {
    expect(read({ '/main': 'includedir /d/\n', '/d/a': service('a') }).log).toEqual([
      'Reading included configuration file: /d//a [file=/main] [line=1]',
    ]);
  });

  it('of a file or nothing is reported', () => {
    expect(read({ '/main': 'includedir /f\nincludedir /no\n', '/f': '' }).log).toEqual([
      'Unable to read included directory: /f [file=/main] [line=1]',
      'Unable to read included directory: /no [file=/main] [line=2]',
    ]);
  });

  it('skips what is no regular file', () => {
    const { blocks, log } = read({ '/main': 'includedir /d\n', '/d/p': FIFO, '/d/sub/x': '', '/d/z': service('z') });
    expect(blocks).toEqual(['z']);
    expect(log.slice(0, 2)).toEqual([
      '/d/p is not a regular file. It is being skipped.',
      '/d/sub is not a regular file. It is being skipped.',
    ]);
  });

  it('reports a link to nothing and a file it may not read', () => {
    const status = { kind: 'file', mode: 0, uid: 0, gid: 0, isExecutable: false } as const;
    const { log } = read(
      { '/main': 'includedir /d\n' },
      {
        listDirectory: () => ['gone', 'secret'],
        stat: (path) => (path === '/d/secret' ? status : undefined),
      },
    );
    expect(log).toEqual([
      'Unable to stat includedir file /d/gone [file=/main] [line=1]',
      'Unable to open included configuration file: /d/secret [file=/main] [line=1]',
    ]);
  });
});

describe('unsafe files', () => {
  const open = { text: service('a'), mode: 0o666 };

  it('are refused to root when anybody can write them', () => {
    expect(read({ '/main': open })).toMatchObject({ mainFile: 'refused', blocks: [], codes: ['XC022'] });
    expect(read({ '/main': 'include /a\n', '/a': open })).toMatchObject({ mainFile: 'read', codes: ['XC022'] });
    expect(read({ '/main': 'includedir /d\n', '/d/a': open }).codes).toEqual(['XC022']);
  });

  it('are accepted on demand, and by those who are not root', () => {
    expect(read({ '/main': open }, { allowInsecure: true })).toMatchObject({ mainFile: 'read', codes: ['XC023'] });
    expect(read({ '/main': open }, { effectiveUid: 1000 })).toMatchObject({ mainFile: 'read', codes: [] });
  });

  it('are warned of when a group or another user can write them', () => {
    const { blocks, log } = read({ '/main': { text: service('a'), mode: 0o664, uid: 7 } });
    expect(blocks).toEqual(['a']);
    expect(log).toEqual([
      'Configuration file /main is writable by its group.',
      'Configuration file /main does not belong to root.',
    ]);
  });
});
