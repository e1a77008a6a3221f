// Everything that is generated, as path → text. Pure but for the frames, which come in as an argument.

import { completionScript } from '../cli/completion-scripts.ts';
import { OPTIONS } from '../cli/options.ts';
import { ATTRIBUTES } from '../config/attributes/index.ts';
import { CODES } from '../config/codes.ts';
import { commandEntries } from './commands.ts';
import { entryOf } from './entries.ts';
import { attributeParagraphs, commandParagraphs, fillFrame, optionParagraphs } from './man.ts';
import { attributesPage, diagnosticsPage } from './reference.ts';
import { attributesJson, serviceSchema } from './schema.ts';

/** The frames of the manual pages, by file name. */
export type Frames = Readonly<Record<'xinetd-ts.8' | 'xinetd.conf.5' | 'xinetd.log.5', string>>;

/** The generated files, paths relative to the top of the tree. */
export function generatedFiles(frames: Frames, version: string): Readonly<Record<string, string>> {
  const attributes = ATTRIBUTES.map((row) => entryOf(row));
  return {
    'grammar/attributes.json': attributesJson(attributes),
    'grammar/service.schema.json': serviceSchema(attributes),
    'docs/attributes.md': attributesPage(attributes),
    'docs/diagnostics.md': diagnosticsPage(CODES),
    'etc/completion/xinetd-ts.bash': completionScript('bash'),
    'etc/completion/_xinetd-ts': completionScript('zsh'),
    'etc/completion/xinetd-ts.fish': completionScript('fish'),
    'docs/man/xinetd.conf.5': fillFrame(frames['xinetd.conf.5'], {
      version,
      attributes: attributeParagraphs(attributes),
    }),
    'docs/man/xinetd-ts.8': fillFrame(frames['xinetd-ts.8'], {
      version,
      options: optionParagraphs(OPTIONS),
      commands: commandParagraphs(commandEntries()),
    }),
    'docs/man/xinetd.log.5': fillFrame(frames['xinetd.log.5'], { version }),
  };
}
