// Services that could not be started: an address that was taken may be free later, and then the service comes up by itself.
// Only its coming up is logged; that it could not start has been said once.

import { activate, retire } from './activate.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** Doubled after each try that does not help. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

/** The services that wait for better times. */
export class Latecomers {
  readonly #premises: Premises;
  readonly #onUp: (operation: ServiceInOperation) => void;
  #waiting: readonly ServiceInOperation[] = [];

  constructor(premises: Premises, onUp: (operation: ServiceInOperation) => void) {
    this.#premises = premises;
    this.#onUp = onUp;
  }

  /** From now on these and no others are tried. */
  expect(operations: readonly ServiceInOperation[]): void {
    this.#schedule(operations, FIRST_PAUSE_MS);
  }

  #schedule(operations: readonly ServiceInOperation[], pauseMs: number): void {
    this.#waiting = operations;
    if (operations.length === 0) return;
    const later = (): void => void (operations === this.#waiting && this.#retry(operations, pauseMs));
    setTimeout(later, pauseMs).unref();
  }

  async #retry(expected: readonly ServiceInOperation[], pauseMs: number): Promise<void> {
    const quiet: Premises = { ...this.#premises, log: () => {} };
    const left: ServiceInOperation[] = [];
    for (const operation of expected) {
      const isUp = await activate(quiet, operation);
      // A reload came in between, and its services are others.
      if (expected !== this.#waiting) return isUp ? retire(this.#premises, operation) : undefined;
      if (isUp) this.#welcome(operation);
      else left.push(operation);
    }
    this.#schedule(left, Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
  }

  #welcome(operation: ServiceInOperation): void {
    this.#onUp(operation);
    this.#premises.log('notice', 'svc_activate', `Activating service ${operation.service.name}`);
  }
}
