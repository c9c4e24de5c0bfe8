/** The seam through which batches leave: a transport says what became of a batch, the sender acts on it. */
import type { Batch, Rejection } from '../record/batch.ts';

export type SendResult =
  /** The server answered for every record; those not in `rejected` are stored. */
  | { status: 'settled'; rejected: Pick<Rejection, 'index' | 'code' | 'message'>[] }
  /** Nothing is known to be stored: try again, not before `afterMs` (default: the retry policy's backoff). */
  | { status: 'retry'; afterMs?: number; reason: string }
  /** The batch as a whole was not taken (too large, malformed): send halves; a lone record is set aside. */
  | { status: 'split'; reason: string }
  /** Key or address is wrong: keep everything, try again every 15 minutes. */
  | { status: 'refused'; reason: string };

/** What the server holds of one user. */
export interface UserData {
  user_id: string;
  events: unknown[];
  crashes: unknown[];
}

/** How many records an erasure deleted. */
export interface ErasedCounts {
  events: number;
  crashes: number;
}

/** Carries batches. One that throws counts as `retry`. */
export interface Transport {
  /** Resolves with what became of the batch. `signal` aborts when consent is withdrawn or the app closes. */
  send(batch: Batch, signal: AbortSignal): Promise<SendResult>;
  /** Called once by `telemetry.close()`. */
  close?(): Promise<void>;
  /** Deletes what it keeps of this kind on the machine. Called when consent is withdrawn, and by `forgetMe`. */
  purge?(kind: Batch['kind']): Promise<void>;
  /** What the server holds of a user, empty lists where nothing. Rejects where it cannot be reached. */
  exportUser?(userId: string, signal: AbortSignal): Promise<UserData>;
  /** Has the server erase a user. Rejects unless the server did it. */
  eraseUser?(userId: string, signal: AbortSignal): Promise<ErasedCounts>;
}
