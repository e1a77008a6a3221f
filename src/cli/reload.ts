// `xinetd-ts reload [--dry-run]`: lets the running daemon read its configuration again and prints what that changes, attribute
// by attribute; with --dry-run nothing is changed. Exit status: 0 accepted, 1 refused (the old one stays), 3 no daemon.

import type { DiagnosticJson } from '../config/render.ts';
import type { ReloadReport, ServiceChange } from '../daemon/reload-report.ts';
import { askDaemon } from './control-client.ts';
import { EXIT_FAILURE } from './exit-codes.ts';
import { tell } from './tell.ts';
import type { TellOptions } from './tell.ts';

export interface ReloadOptions extends TellOptions {
  readonly isDryRun: boolean;
}

/** Reloads and prints what happened; resolves to an exit code. */
export async function reload(options: ReloadOptions): Promise<number> {
  const asked = await askDaemon({ request: 'reload', dryRun: options.isDryRun }, options.control);
  if (asked.kind !== 'answered') return tell(asked, options);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the daemon answers to this request
  const report = asked.result as ReloadReport;
  const code = tell(asked, options, () => textOf(report, options.isDryRun));
  return report.isAccepted ? code : EXIT_FAILURE;
}

/** The report for people. */
export function textOf(report: ReloadReport, isDryRun: boolean): string {
  const { isAccepted, objections, findings, changes, unchanged } = report;
  const found = [...findings, ...objections].flatMap(findingLines);
  const verdict = isAccepted
    ? `${isDryRun ? 'would be accepted' : 'reloaded'}: ${changes.length} changed, ${unchanged} unchanged`
    : `${isDryRun ? 'would be refused' : 'refused'}: the configuration in force stays`;
  return [...found, ...changes.flatMap(changeLines), verdict, ''].join('\n');
}

function findingLines({ file, line, column, severity, code, message, hint }: DiagnosticJson): readonly string[] {
  const where = file === undefined ? '' : `${file}:${line ?? 0}:${column ?? 0}: `;
  return [`${where}${severity} ${code}: ${message}`, ...(hint === undefined ? [] : [`    hint: ${hint}`])];
}

function changeLines({ id, change, isRebound, attributes, runningServers }: ServiceChange): readonly string[] {
  const socket = isRebound ? ', on a new socket' : '';
  const servers =
    runningServers === 0 ? '' : `, ${runningServers} running server${runningServers === 1 ? '' : 's'} finish`;
  const widest = Math.max(0, ...attributes.map(({ name }) => name.length));
  return [
    `${id} ${change}${socket}${change === 'ends' ? servers : ''}`,
    ...attributes.map(({ name, before, after }) => `  ${name.padEnd(widest)}  ${before ?? '-'} -> ${after ?? '-'}`),
  ];
}
