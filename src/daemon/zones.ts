// Services on link-local addresses (`bind = fe80::1%eth0`) follow their interface: one that is made anew has another number,
// and a socket of the old one never hears anything again. Looked at every few seconds while there is such a service.

import { networkInterfaces } from 'node:os';
import { describeSocket } from '../native/binding.ts';
import { activate, closeListener } from './activate.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

const LOOK_MS = 2000;

/** The interfaces of link-local services. */
export class Zones {
  readonly #premises: () => Premises;
  readonly #moving = new Set<ServiceInOperation>();
  #timer: NodeJS.Timeout | undefined;

  constructor(premises: () => Premises) {
    this.#premises = premises;
  }

  /** A service listens; one without an interface in its address is not looked at. */
  follow(operation: ServiceInOperation): void {
    if (zoneOf(operation) !== undefined) this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #look(): void {
    const premises = this.#premises();
    const followed = premises.operations().filter((operation) => zoneOf(operation) !== undefined);
    for (const operation of followed) if (hasMoved(operation)) void this.#move(premises, operation);
    if (followed.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Said once; the new address may have to be waited for. */
  async #move(premises: Premises, operation: ServiceInOperation): Promise<void> {
    if (this.#moving.has(operation)) return;
    this.#moving.add(operation);
    if (operation.listener !== undefined)
      premises.log(
        'notice',
        'svc_activate',
        `Interface of service ${operation.id} was made anew, and is listened on again`,
      );
    closeListener(premises, operation);
    const isUp = await activate({ ...premises, log: () => {} }, operation);
    if (isUp && operation.isRetired) closeListener(premises, operation);
    this.#moving.delete(operation);
  }
}

/** False while the interface is away; a service that waits for its address has no listener, and is tried again. */
function hasMoved(operation: ServiceInOperation): boolean {
  const { listener, state } = operation;
  if (state !== 'active' && state !== 'not started') return false;
  const number = interfaceNumber(zoneOf(operation) ?? '');
  if (number === undefined) return false;
  return listener === undefined || describeSocket(listener.fd)?.scope !== number;
}

function zoneOf({ service }: ServiceInOperation): string | undefined {
  return service.config.bind?.address.split('%')[1];
}

/** undefined for an interface without a link-local address. */
function interfaceNumber(zone: string): number | undefined {
  if (/^\d+$/.test(zone)) return Number(zone);
  const addresses = networkInterfaces()[zone] ?? [];
  return addresses.flatMap((each) => (each.family === 'IPv6' && each.scopeid !== 0 ? [each.scopeid] : []))[0];
}
