// tcpmux (RFC 1078): a caller names a service of type TCPMUX or TCPMUXPLUS and is passed on to it as if it had called there:
// with that service's own checks, limits, identity and log lines. Source: spec section 7.1. differs: D79.

import { sendNow } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { readFirstLine } from '../net/tcpmux.ts';
import type { FirstLine } from '../net/tcpmux.ts';
import type { Caller } from './greet.ts';
import type { Premises } from './premises.ts';
import { beginInProcess, endInProcess } from './server-life.ts';
import type { ServiceInOperation } from './service.ts';

const FUNC = 'tcpmux_handler';
/** For naming a service. */
const NAME_MS = 10_000;
const GO = Buffer.from('+Go\r\n');
const NOT_FOUND = '-Service name not found\r\n';
const NOT_NOW = '-Service not available\r\n';

/** Admits a caller to the service it has named. */
export type Admit = (operation: ServiceInOperation, caller: Caller) => void;

/** Reads the name, which counts as a running server with the daemon's own pid, and passes the caller on. */
export function serveTcpmux(premises: Premises, operation: ServiceInOperation, caller: Caller, admit: Admit): void {
  const { connection, source } = caller;
  let stopReading = (): void => {};
  const stop = (): void => {
    stopReading();
    connection.close();
  };
  const { requestNumber } = connection;
  const server = beginInProcess(premises, operation, { source, requestNumber }, stop);
  stopReading = readFirstLine(connection.fd, NAME_MS, (line) => {
    endInProcess(premises, server);
    follow(premises, caller, line, admit);
  });
}

function follow(premises: Premises, caller: Caller, line: FirstLine, admit: Admit): void {
  const operation = line.kind === 'name' ? findTarget(premises, line.name) : undefined;
  if (operation !== undefined && operation.state !== 'disabled')
    return admit(operation, withPreface(operation, caller));
  if (line.kind === 'nothing') premises.log('error', FUNC, 'read failed');
  const reply = operation === undefined ? replyTo(premises, line) : NOT_NOW;
  say(caller, reply);
  caller.connection.close();
}

/** A TCPMUX service says `+` itself. */
function withPreface({ service }: ServiceInOperation, caller: Caller): Caller {
  return service.config.type.includes('TCPMUXPLUS') ? { ...caller, preface: GO } : caller;
}

/** Ordinary services cannot be reached this way. */
function findTarget(premises: Premises, name: string): ServiceInOperation | undefined {
  const wanted = name.toLowerCase();
  return targets(premises).find(({ service }) => service.name.toLowerCase() === wanted);
}

function targets({ operations }: Premises): readonly ServiceInOperation[] {
  return operations().filter(({ service: { config } }) =>
    config.type.some((type) => type === 'TCPMUX' || type === 'TCPMUXPLUS'),
  );
}

/** HELP lists the names, one a line. */
function replyTo(premises: Premises, line: FirstLine): string {
  if (line.kind === 'nothing' || line.kind === 'unfinished') return '';
  const isHelp = line.kind === 'name' && line.name.toUpperCase() === 'HELP';
  const names = targets(premises).map(({ service }) => `${service.name}\r\n`);
  return isHelp ? names.join('') : NOT_FOUND;
}

/** What the connection does not take at once is left out. */
function say({ connection }: Caller, text: string): void {
  if (text === '') return;
  try {
    sendNow(connection.fd, Buffer.from(text, 'latin1'));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
