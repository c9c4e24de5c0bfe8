/** What was captured, under which faults, and whether it is stored: the book that the table is made from. */
import type { Client } from 'pg';

import { numberOfFailure } from './numbers.ts';

/**
 * `withdrawn`: waited, perhaps, when the user opted out. `damaged`: waited, perhaps, in a file that was damaged.
 * `refused`: tracked while opted out.
 */
type Fate = 'captured' | 'withdrawn' | 'damaged' | 'refused';

interface Entry {
  profile: number;
  kind: 'event' | 'crash';
  during: readonly string[];
  fate: Fate;
}

export interface FaultRow {
  fault: string;
  injected: number;
  /** Records whose capture was told while the fault lasted; a record may have met several faults. */
  captured: number;
  stored: number;
  /** Rows too many. */
  doubled: number;
  /** Not stored, without a reason that the guarantees name. */
  lost: number;
  /** From the fault's end until a server's answer arrived again. Milliseconds. */
  worstStallMs: number;
}

export interface LedgerReport {
  rows: FaultRow[];
  total: FaultRow;
  /** Events that waited when the user opted out, and were deleted. */
  withdrawn: number;
  /** Waited in a file when it was damaged, and could not be read any more. */
  damaged: number;
  /** Kept as dead letters: the server could not read them even alone. */
  setAside: number;
  /** Tracked while opted out, and stored all the same: must be none. */
  stolen: number;
  /** Stored although the process was killed before the call had returned. */
  unreported: number;
}

export class Ledger {
  readonly #entries = new Map<number, Entry>();
  readonly #injected = new Map<string, number>();
  readonly #stalls = new Map<string, number>();
  readonly #active: () => readonly string[];
  /** By profile: how many may be missing, for either reason. */
  readonly #mayBeMissing = new Map<number, number>();

  /** `active` says which faults of the whole last at the moment. */
  constructor(active: () => readonly string[]) {
    this.#active = active;
  }

  note(
    number: number,
    profile: number,
    kind: 'event' | 'crash',
    own: readonly string[],
    fate: Fate = 'captured',
  ): void {
    const during = [...own, ...this.#active()];
    this.#entries.set(number, { profile, kind, during, fate });
  }

  /** Events that waited, so many of them, were deleted. */
  optedOut(profile: number, waiting: number): void {
    this.#mayBeGone(profile, waiting, 'withdrawn', (kind) => kind === 'event');
  }

  /** So many records waited in a file that was then damaged. */
  fileDamaged(profile: number, waiting: number): void {
    this.#mayBeGone(profile, waiting, 'damaged', () => true);
  }

  #mayBeGone(
    profile: number,
    waiting: number,
    fate: 'withdrawn' | 'damaged',
    concerns: (kind: Entry['kind']) => boolean,
  ): void {
    this.#mayBeMissing.set(profile, (this.#mayBeMissing.get(profile) ?? 0) + waiting);
    for (const entry of this.#entries.values()) {
      if (entry.profile === profile && concerns(entry.kind) && entry.fate === 'captured') entry.fate = fate;
    }
  }

  injected(fault: string): void {
    this.#injected.set(fault, (this.#injected.get(fault) ?? 0) + 1);
  }

  stalled(fault: string, ms: number): void {
    this.#stalls.set(fault, Math.max(this.#stalls.get(fault) ?? 0, ms));
  }

  get captured(): number {
    return this.#entries.size;
  }

  /**
   * `deadLetters`: numbers of the records that lie in the queues as such. `forgotten`: how many more a profile's queue
   * has counted, and keeps no longer.
   */
  async compare(
    database: Client,
    deadLetters: ReadonlySet<number>,
    forgotten: ReadonlyMap<number, number> = new Map(),
  ): Promise<LedgerReport> {
    const stored = await countStored(database);
    const rows = new Map(['none', ...this.#injected.keys()].map((fault) => [fault, this.#row(fault)]));
    const total = this.#row('total');
    const report = { withdrawn: 0, damaged: 0, setAside: 0, stolen: 0, unreported: 0 };
    const allowance = new Map(this.#mayBeMissing);
    const uncounted = new Map(forgotten);
    for (const [number, { profile, during, fate }] of this.#entries) {
      const times = stored.get(number) ?? 0;
      stored.delete(number);
      if (fate === 'refused') {
        report.stolen += times;
        continue;
      }
      let lost = false;
      if (times === 0) {
        const allowed = allowance.get(profile) ?? 0;
        if (deadLetters.has(number)) report.setAside += 1;
        else if (fate !== 'captured' && allowed > 0) {
          allowance.set(profile, allowed - 1);
          report[fate] += 1;
        } else if ((uncounted.get(profile) ?? 0) > 0) {
          uncounted.set(profile, uncounted.get(profile)! - 1);
          report.setAside += 1;
        } else lost = true;
      }
      for (const row of [
        total,
        ...(during.length > 0 ? during : ['none']).map((fault) => rows.get(fault)!),
      ]) {
        row.captured += 1;
        row.stored += Math.min(times, 1);
        row.doubled += Math.max(times - 1, 0);
        row.lost += Number(lost);
      }
    }
    for (const times of stored.values()) {
      report.unreported += 1;
      total.doubled += times - 1;
    }
    for (const { injected, worstStallMs } of rows.values()) {
      total.injected += injected;
      total.worstStallMs = Math.max(total.worstStallMs, worstStallMs);
    }
    return { rows: [...rows.values()], total, ...report };
  }

  #row(fault: string): FaultRow {
    return {
      fault,
      injected: this.#injected.get(fault) ?? 0,
      captured: 0,
      stored: 0,
      doubled: 0,
      lost: 0,
      worstStallMs: this.#stalls.get(fault) ?? 0,
    };
  }
}

/** How often each number is stored. */
async function countStored(database: Client): Promise<Map<number, number>> {
  const stored = new Map<number, number>();
  const events = await database.query<{ number: number; times: number }>(
    `select (properties ->> 'count')::int as number, count(*)::int as times from events group by 1`,
  );
  for (const { number, times } of events.rows) stored.set(number, times);
  const crashes = await database.query<{ error_message: string; times: number }>(
    'select error_message, count(*)::int as times from crashes group by 1',
  );
  for (const { error_message, times } of crashes.rows) {
    const number = numberOfFailure(error_message);
    if (number !== null) stored.set(number, (stored.get(number) ?? 0) + times);
  }
  return stored;
}
