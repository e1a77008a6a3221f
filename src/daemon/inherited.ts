// The sockets this process was born with: those of a service manager (sd_listen_fds(3)), which keeps them open itself, and
// those of a daemon that hands over to this one. Services take theirs instead of binding; what nobody takes is closed.
// A shared socket stays here for the daemon's life: a service that pauses could never bind its address again.
// differs: D87.

import { lstatSync } from 'node:fs';
import type { Severity } from '../config/diagnostic.ts';
import { adoptSocket, closeFd, closeOnExec, describeSocket } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { findSocket, idIn } from '../net/adoption.ts';
import type { BoundSocket } from '../net/adoption.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { OpenedSocket } from '../net/open.ts';

/** A socket, and whether its giver goes on holding it. */
export interface InheritedSocket extends BoundSocket {
  readonly isShared: boolean;
}

type Log = (level: Severity, func: string, text: string) => void;

/** How the names of sockets begin that a service manager keeps for us: closing one is ours to decide (supervisor.ts). */
export const STORED = '@';

const FUNC = 'inherited_sockets';
const FIRST_FD = 3;
const MOST_SOCKETS = 4096;

/** The sockets that nobody has taken yet, and the shared ones. */
export class InheritedSockets {
  readonly #log: Log;
  #sockets: readonly InheritedSocket[];
  readonly #taken = new Set<InheritedSocket>();
  #ids: ReadonlySet<string> = new Set();

  constructor(sockets: readonly InheritedSocket[], log: Log) {
    this.#sockets = sockets;
    this.#log = log;
  }

  /** Those that their giver holds as well. */
  get shared(): readonly InheritedSocket[] {
    return this.#sockets.filter(({ isShared }) => isShared);
  }

  /** Names the services of the configuration, whose sockets nobody else may take. */
  expect(ids: readonly string[]): void {
    this.#ids = new Set(ids.map((id) => id.toLowerCase()));
  }

  /** The socket of a service, ready to listen; undefined where it has to bind one. The caller closes it. */
  open(id: string, { spec }: Endpoint): OpenedSocket | undefined {
    const socket = findSocket(this.#sockets, { id, spec }, (name) => this.#ids.has(name));
    if (socket === undefined) return undefined;
    const fd = this.#adopt(id, socket, spec);
    if (fd === undefined) return undefined;
    if (!this.#taken.has(socket)) {
      this.#log('notice', FUNC, `Service ${id} uses inherited socket ${described(socket)}`);
      this.#taken.add(socket);
    }
    if (!socket.isShared) this.#release(socket);
    return { fd, spec: boundSpec(socket, spec), ...(socket.isShared ? {} : fileOf(socket)) };
  }

  /** True for a copy of a socket that its giver holds as long as the daemon lives. */
  isShared(fd: number): boolean {
    const { shared } = this;
    const socket = shared.length === 0 ? undefined : describeSocket(fd);
    return shared.some(
      ({ family, type, address, port }) =>
        family === socket?.family && type === socket.type && address === socket.address && port === socket.port,
    );
  }

  /** Closes those that no service has taken; `onClosed` hears the names of those that are kept for us. */
  releaseUnused(onClosed: (name: string) => void = () => {}): void {
    for (const socket of this.#sockets.filter((candidate) => !this.#taken.has(candidate))) {
      this.#log('warning', FUNC, `Inherited socket ${described(socket)} belongs to no service: closed`);
      if (!socket.isShared) onClosed(socket.name);
      this.#release(socket);
    }
  }

  #adopt(id: string, socket: InheritedSocket, spec: Endpoint['spec']): number | undefined {
    try {
      return adoptSocket(socket.fd, spec.family === 'unix' ? { ...spec, isNoDelay: false, isKeepAlive: false } : spec);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.#log(
        'error',
        FUNC,
        `Service ${id}, inherited socket ${described(socket)}: ${error.call}: ${error.described}`,
      );
      return undefined;
    }
  }

  #release(socket: InheritedSocket): void {
    this.#sockets = this.#sockets.filter((other) => other !== socket);
    closeFd(socket.fd);
  }
}

/** What the variables of a service manager speak of. */
export interface Claim {
  readonly sockets: readonly InheritedSocket[];
  /** Mistakes of whoever set the variables, for the log. */
  readonly complaints: readonly string[];
}

/**
 * Takes the sockets that LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES announce to this process, and the variables out of the
 * environment. To be called before the process opens anything of its own, whose descriptors could be mistaken for them.
 */
export function claimSockets(environment: NodeJS.ProcessEnv, pid: number): Claim {
  const { LISTEN_FDS: count, LISTEN_PID: receiver, LISTEN_FDNAMES: names = '' } = environment;
  delete environment['LISTEN_FDS'];
  delete environment['LISTEN_PID'];
  delete environment['LISTEN_FDNAMES'];
  if (count === undefined || receiver !== String(pid)) return { sockets: [], complaints: [] };
  if (!/^\d{1,4}$/.test(count) || Number(count) > MOST_SOCKETS)
    return { sockets: [], complaints: [`LISTEN_FDS is no number of sockets: ${count}`] };
  const nameList = names.split(':');
  const claimed = Array.from({ length: Number(count) }, (_, index) =>
    socketAt(FIRST_FD + index, nameList[index] ?? ''),
  );
  return {
    sockets: claimed.filter((found) => typeof found !== 'string'),
    complaints: claimed.filter((found) => typeof found === 'string'),
  };
}

/** What a service listens on in the end. */
function boundSpec({ family, address, port }: InheritedSocket, spec: Endpoint['spec']): Endpoint['spec'] {
  if (spec.family === 'unix') return { ...spec, path: address };
  return family === 'unix' ? spec : { ...spec, family, address, port };
}

/** The file of a path that is all ours, which goes with the service. */
function fileOf({ family, address }: InheritedSocket): Pick<OpenedSocket, 'file'> {
  const status = family === 'unix' ? lstatSync(address, { throwIfNoEntry: false }) : undefined;
  return status?.isSocket() === true ? { file: { path: address, device: status.dev, inode: status.ino } } : {};
}

/** A socket that came with the process, as its own; what is wrong with it where it is none. */
export function socketAt(fd: number, name: string): InheritedSocket | string {
  const description = describeSocket(fd);
  if (description === undefined) return `LISTEN_FDS: descriptor ${fd} is no socket`;
  closeOnExec(fd);
  return { ...description, fd, name, isShared: !name.startsWith(STORED) };
}

function described({ fd, name, family, address, port }: InheritedSocket): string {
  const where = family === 'unix' ? address : `${family === 'ipv6' ? `[${address}]` : address}:${port}`;
  const label = idIn(name) === '' ? '' : ` "${name}"`;
  return `${fd}${label} (${where})`;
}
