// What a load found, told to whom it concerns: the daemon's log in the reference's words, people at a terminal with
// source line, caret and hint. With -d the parsed configuration is shown as well, as the reference does.

import type { ProgramLog } from '../audit/program-log.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { FATAL_DEFAULTS } from '../config/load.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { ConfigPorts } from '../config/ports.ts';
import { renderLog, renderTerminal } from '../config/render.ts';
import { showDefaults, showService } from '../config/show.ts';

export interface Audience {
  readonly programLog: ProgramLog;
  /** -d */
  readonly isDebug: boolean;
  readonly people: People | undefined;
}

/** Whoever started the daemon and can still read what it says. */
export interface People {
  readonly tell: (text: string) => void;
  /** The log's lines reach the same eyes: what people are told is not logged as well. */
  readonly readTheLog: boolean;
}

/** Speaks about loads. */
export class Findings {
  readonly #audience: Audience;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** Every finding, in the order of discovery. With -d a bad value in `defaults` is not fatal, and not called so. */
  report(diagnostics: readonly Diagnostic[]): void {
    const { programLog, people, isDebug } = this.#audience;
    for (const diagnostic of diagnostics.filter(({ code }) => !isDebug || code !== FATAL_DEFAULTS)) {
      const line = renderLog(diagnostic);
      const text = people && renderTerminal(diagnostic);
      if (text !== undefined) people?.tell(text);
      if (line === undefined || (text !== undefined && people?.readTheLog === true)) continue;
      programLog.log(line.severity, line.func, line.text);
    }
  }

  /** -d: the parsed configuration. */
  show(loaded: LoadedConfig, ports: ConfigPorts): void {
    const { programLog, isDebug } = this.#audience;
    if (!isDebug) return;
    for (const line of showDefaults(loaded.defaults, ports)) programLog.print(line);
    for (const service of loaded.services) for (const line of showService(service, ports)) programLog.print(line);
  }
}
