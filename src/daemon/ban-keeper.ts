// The owner of the bans: makes them when a sensor is touched, ends them in time, carries them over a restart, and says
// so in the reference's words. Source: spec section 5.6.
// Deadlines run on the clock that never jumps; the file has the wall's, and is written anew when the wall clock was set.
// differs: D55, the bans outlive the daemon where it has a state folder.

import { trimLater } from '../native/binding.ts';
import type { BanBook } from '../policy/sensor.ts';
import type { Source } from '../policy/source.ts';
import { readBanFile, writeBanFile, writeBanFileLast } from './ban-file.ts';
import type { StoredBan } from './ban-file.ts';
import { BAN_CAPACITY, BanList } from './bans.ts';
import type { Ban } from './bans.ts';
import { TRIM_AFTER_MS } from './clock.ts';
import type { Premises } from './premises.ts';

const FUNC = 'process_sensor';
const EXPIRY_FUNC = 'scrub_global_access_list';
/** How often at most the list is looked through, as the reference does. */
const ROUND_MS = 60_000;
/** Between two writes of the file. */
const WRITE_PAUSE_MS = 5000;
/** A wall clock that moved this much against the other was set by somebody. */
const CLOCK_STEP_MS = 2000;
const MINUTE_MS = 60_000;

export interface BanKeeperParts {
  readonly log: Premises['log'];
  /** undefined: bans end with the daemon. */
  readonly path: string | undefined;
  /** Never jumps. */
  readonly nowMs: () => number;
  /** The clock on the wall. */
  readonly wallMs: () => number;
}

/** All bans of the daemon. */
export class BanKeeper {
  readonly #parts: BanKeeperParts;
  readonly #list = new BanList();
  /** undefined where nothing is to be written. */
  #path: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writeTimer: NodeJS.Timeout | undefined;
  /** What the file lacks: set by every change, cleared when it is written. */
  #isUnwritten = false;
  #isWriteFailing = false;
  #clockOffsetMs: number;

  constructor(parts: BanKeeperParts) {
    this.#parts = parts;
    this.#path = parts.path;
    this.#clockOffsetMs = parts.wallMs() - parts.nowMs();
  }

  /** What a decision looks at; undefined while nobody is banned. */
  get book(): BanBook | undefined {
    return this.#list.size === 0 ? undefined : this.#list;
  }

  /**
   * Takes over the bans of an earlier life: those handed over, else those of the file. Before the services start; trouble is
   * logged, never thrown.
   */
  load(handedOver?: readonly StoredBan[]): void {
    const path = this.#path;
    if (handedOver !== undefined) {
      this.#adopt(handedOver);
      return this.#changed();
    }
    if (path === undefined) return;
    try {
      const content = readBanFile(path);
      if (content.kind === 'read') this.#adopt(content.bans);
      if (content.kind === 'broken') {
        this.#parts.log('error', 'load_bans', `${path} is broken (${content.reason}): kept as ${content.keptAs}`);
      }
    } catch (error) {
      this.#path = undefined;
      this.#parts.log('error', 'load_bans', `cannot read ${path}: ${reasonOf(error)}; bans will end with the daemon`);
    }
  }

  /** A sensor was touched. Who is banned already is banned for longer. */
  hit(source: Source, minutes: number): void {
    if (minutes === 0) return;
    const isKnown = this.#list.isBanned(source, this.#parts.nowMs());
    if (!this.#ban(source.plain, minutes)) {
      this.#parts.log('error', FUNC, 'Maximum global_no_access count reached.');
    } else if (!isKnown) this.#announce(source.text, minutes);
  }

  /** An administrator's ban, of a plain address. False: the table is full. */
  add(address: string, minutes: number): boolean {
    const isAdded = this.#ban(address, minutes);
    if (isAdded) this.#announce(address, minutes);
    return isAdded;
  }

  /** Ends the ban of a plain address; false when there was none. */
  remove(address: string): boolean {
    if (!this.#list.lift(address)) return false;
    this.#parts.log('notice', FUNC, `Removing ${address} from the global_no_access list`);
    if (this.#list.size === 0) this.#reportEmpty();
    this.#changed();
    return true;
  }

  /** The bans in force. */
  all(): readonly Ban[] {
    return this.#list.all().filter(({ untilMs }) => this.#parts.nowMs() < untilMs);
  }

  /** Milliseconds until an address is free: 0 when it is, Infinity when it never will be. */
  leftMs(address: string): number {
    return Math.max((this.#list.endOf(address) ?? 0) - this.#parts.nowMs(), 0);
  }

  /** Writes what has not been written; nothing can be done with the keeper any more. */
  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#writeTimer);
    this.#noticeClockStep();
    if (this.#path === undefined || !this.#isUnwritten) return;
    this.#isUnwritten = false;
    try {
      writeBanFileLast(this.#path, this.stored());
    } catch (error) {
      this.#reportWrite(error);
    }
  }

  /** Time that the machine spent switched off counts; a ban that has ended meanwhile is forgotten by the next write. */
  #adopt(bans: readonly StoredBan[]): void {
    const nowMs = this.#parts.nowMs();
    const wallMs = this.#parts.wallMs();
    for (const { address, untilWallMs } of bans) {
      if (untilWallMs > wallMs) this.#list.ban({ plain: address }, nowMs + (untilWallMs - wallMs));
    }
    this.#schedule();
  }

  #ban(address: string, minutes: number): boolean {
    const nowMs = this.#parts.nowMs();
    if (this.#list.size >= BAN_CAPACITY) this.#list.expire(nowMs);
    const isDone = this.#list.ban({ plain: address }, nowMs + minutes * MINUTE_MS);
    if (isDone) this.#changed();
    return isDone;
  }

  #announce(address: string, minutes: number): void {
    const shown = minutes === Infinity ? -1 : minutes;
    this.#parts.log('critical', FUNC, `Adding ${address} to the global_no_access list for ${shown} minutes`);
  }

  #changed(): void {
    this.#schedule();
    this.#isUnwritten = true;
    if (this.#path !== undefined) this.#writeTimer ??= setTimeout(() => void this.#write(), 0);
  }

  /** One timer while a ban has an end; none while nobody is banned, or for ever. */
  #schedule(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#list.nextEndMs - this.#parts.nowMs();
    if (waitMs === Infinity) return;
    this.#timer = setTimeout(() => this.#round(), Math.min(Math.max(waitMs, 0) + 1, ROUND_MS));
  }

  #round(): void {
    this.#timer = undefined;
    this.#noticeClockStep();
    if (this.#list.expire(this.#parts.nowMs()) > 0) {
      this.#parts.log('info', EXPIRY_FUNC, 'At least 1 DENY_TIME has expired, global_no_access list updated');
      if (this.#list.size === 0) this.#reportEmpty();
      this.#isUnwritten = true;
    }
    if (this.#isUnwritten) this.#changed();
    else this.#schedule();
  }

  #reportEmpty(): void {
    this.#parts.log('info', EXPIRY_FUNC, 'global_no_access list is empty.');
  }

  /** The file's deadlines are the wall's: somebody who sets that clock must not free or keep anybody. */
  #noticeClockStep(): void {
    const offsetMs = this.#parts.wallMs() - this.#parts.nowMs();
    if (Math.abs(offsetMs - this.#clockOffsetMs) < CLOCK_STEP_MS) return;
    this.#clockOffsetMs = offsetMs;
    if (this.#list.size > 0) this.#isUnwritten = true;
  }

  async #write(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    this.#isUnwritten = false;
    try {
      await writeBanFile(path, this.stored());
      this.#isWriteFailing = false;
      trimLater(TRIM_AFTER_MS);
    } catch (error) {
      this.#isUnwritten = true;
      this.#reportWrite(error);
    }
    this.#writeTimer = setTimeout(() => this.#writeAgain(), WRITE_PAUSE_MS);
  }

  /** What changed while the file was written is written later; a write that failed waits for the next change. */
  #writeAgain(): void {
    this.#writeTimer = undefined;
    if (this.#isUnwritten && !this.#isWriteFailing) this.#changed();
  }

  #reportWrite(error: unknown): void {
    if (this.#isWriteFailing) return;
    this.#isWriteFailing = true;
    this.#parts.log('error', 'save_bans', `cannot write ${String(this.#path)}: ${reasonOf(error)}`);
  }

  /** The bans in force, by the clock on the wall. */
  stored(): readonly StoredBan[] {
    const offsetMs = this.#parts.wallMs() - this.#parts.nowMs();
    return this.all().map(({ address, untilMs }) => ({ address, untilWallMs: Math.round(untilMs + offsetMs) }));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
