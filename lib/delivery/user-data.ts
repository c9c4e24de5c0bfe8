/** What a user may ask of the server: a copy of the data, and its erasure. */
import type { RecordQueue } from '../queue/types.ts';
import { reasonOf, type Warn } from '../warn.ts';
import { holdProcess } from './hold-process.ts';
import { afterRetry, READY, remainingMs, type RetryState } from './retry-policy.ts';
import type { ErasedCounts, Transport, UserData } from './transport.ts';

/** Tries of an export after the first, half a second and more apart: somebody is waiting for it. */
const EXPORT_RETRIES = 2;
const STATE_KEY = 'retry_erasure';

export interface UserDataOptions {
  /** Null where nobody can be asked. */
  transport: Pick<Transport, 'exportUser' | 'eraseUser'> | null;
  queue: Pick<RecordQueue, 'getState' | 'setState'>;
  /** Ids to be erased, oldest first. */
  toErase: () => readonly string[];
  onErased: (userId: string) => void;
  warn: Warn;
}

export class UserDataRequests {
  readonly #options: UserDataOptions;
  readonly #abort = new AbortController();
  /** Erasures run one at a time. */
  #erasing: Promise<ErasedCounts | null> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: UserDataOptions) {
    this.#options = options;
  }

  /** Null where the server could not be reached. Never rejects. */
  async export(userId: string): Promise<UserData | null> {
    const { transport } = this.#options;
    if (!transport?.exportUser) return null;
    const release = holdProcess();
    try {
      const { default: pRetry } = await import('p-retry');
      return await pRetry(() => transport.exportUser!(userId, this.#abort.signal), {
        retries: EXPORT_RETRIES,
        minTimeout: 500,
        signal: this.#abort.signal,
      });
    } catch {
      return null;
    } finally {
      release();
    }
  }

  /** Tries all erasures that wait, now. The counts of the last one; null where one did not get through. Never rejects. */
  async erase(): Promise<ErasedCounts | null> {
    const release = holdProcess();
    try {
      await this.#erasing;
      return await this.#eraseAll();
    } finally {
      release();
    }
  }

  /** Goes on with erasures that wait, where the last failure is long enough ago. */
  retryErasures(): void {
    if (this.#erasing || this.#options.toErase().length === 0) return;
    if (remainingMs(this.#state(), Date.now()) === 0) void this.#eraseAll();
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  #eraseAll(): Promise<ErasedCounts | null> {
    this.#erasing ??= this.#eraseEach().finally(() => {
      this.#erasing = null;
    });
    return this.#erasing;
  }

  async #eraseEach(): Promise<ErasedCounts | null> {
    const { transport, toErase, onErased, queue, warn } = this.#options;
    let counts: ErasedCounts | null = null;
    try {
      for (const userId of toErase()) {
        if (!transport?.eraseUser) return null;
        counts = await transport.eraseUser(userId, this.#abort.signal);
        if (this.#abort.signal.aborted) return counts;
        onErased(userId);
      }
      if (this.#state().failures > 0) queue.setState(STATE_KEY, READY);
      return counts;
    } catch (error) {
      if (this.#abort.signal.aborted) return null;
      warn('erasure_waits', `an erasure did not get through yet: ${reasonOf(error)}. It is tried again.`);
      const next = afterRetry(this.#state(), undefined, Date.now(), Math.random);
      queue.setState(STATE_KEY, next);
      this.#retryIn(remainingMs(next, Date.now()));
      return null;
    }
  }

  #retryIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.retryErasures(), delayMs);
    this.#timer.unref();
  }

  #state(): RetryState {
    return { ...READY, ...this.#options.queue.getState<RetryState>(STATE_KEY) };
  }
}
