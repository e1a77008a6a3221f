// What a server is told of its caller: xinetd's names for it, ours, and with `env_style` those of other super-servers.

import { requestName } from '../audit/record.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import type { Caller } from '../launch/environment.ts';
import { styleVariables } from '../launch/peer-styles.ts';
import type { StyledCaller } from '../launch/peer-styles.ts';
import { NO_ADDRESS } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import { internetEnd } from './local-end.ts';

const TCP = 6;

/** A request that a server is started for. */
export interface Told {
  readonly config: Pick<ServiceConfig, 'env_style' | 'protocol' | 'socket_path'>;
  /** undefined where the server accepts by itself. */
  readonly source: Source | undefined;
  readonly requestNumber: number;
  /** Asked only where a style tells it. */
  readonly local: () => Source | undefined;
}

/** Everything that is different for each request. */
export function toldCaller(told: Told): Caller {
  const { config, source, requestNumber } = told;
  const connectionId = requestName(process.pid, requestNumber);
  if (source === undefined) return { text: NO_ADDRESS, plain: undefined, port: 0, connectionId };
  const { text, plain, port, person } = source;
  const styled = config.env_style.length === 0 ? [] : styleVariables(config.env_style, styledCaller(told, source));
  if (person !== undefined) return { text, plain: undefined, port: 0, person, styled, connectionId };
  return { text, plain, port, styled, connectionId };
}

function styledCaller({ config, local }: Told, source: Source): StyledCaller {
  const { person, family } = source;
  if (person !== undefined || family === 'unix')
    return { kind: 'unix', uid: person?.uid ?? -1, gid: person?.gid ?? -1, path: config.socket_path ?? '' };
  const remote = { ...source, family };
  return { kind: config.protocol.number === TCP ? 'tcp' : 'other', remote, local: internetEnd(local()) };
}
