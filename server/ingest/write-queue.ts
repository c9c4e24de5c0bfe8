/**
 * Gathers what concurrent requests submit into few transactions. What waits here is not acknowledged: the
 * answers wait, not the data. A submission starts at once where a lane is free; under load those that come
 * meanwhile go together, so a single event costs a share of a commit and not a whole one.
 */
import type { Verdict } from '../../lib/record/batch.ts';
import { ApiError } from '../errors.ts';
import type { Row, Submission } from './submission.ts';

export interface WriteQueueOptions<R extends Row> {
  store: (submissions: readonly Submission<R>[]) => Promise<Verdict[]>;
  /** Transactions at the same time. */
  lanes: number;
  /** Records of one transaction; a larger submission goes alone. */
  maxRecords: number;
  /** Bytes (of JSON, unpacked) that may wait; beyond it requests are answered 503. */
  maxWaitingBytes: number;
}

export interface WriteQueue<R extends Row> {
  /** Resolves after commit. Throws `ApiError` `unavailable` at once where too much waits. */
  add(submission: Submission<R>, bytes: number): Promise<Verdict>;
  /** Records that wait for a transaction or are in one. */
  readonly depth: number;
}

interface Waiting<R extends Row> {
  submission: Submission<R>;
  bytes: number;
  resolve: (verdict: Verdict) => void;
  reject: (reason: unknown) => void;
}

const RETRY_AFTER_SECONDS = 2;

export function createWriteQueue<R extends Row>(options: WriteQueueOptions<R>): WriteQueue<R> {
  const waiting: Waiting<R>[] = [];
  let waitingBytes = 0;
  let busyLanes = 0;
  let depth = 0;

  function nextGroup(): Waiting<R>[] {
    let records = 0;
    let length = 0;
    for (const { submission } of waiting) {
      records += submission.candidates.length;
      if (length > 0 && records > options.maxRecords) break;
      length += 1;
    }
    return waiting.splice(0, length);
  }

  async function runLane(): Promise<void> {
    busyLanes += 1;
    while (waiting.length > 0) {
      const group = nextGroup();
      for (const { bytes } of group) waitingBytes -= bytes;
      try {
        const verdicts = await options.store(group.map(({ submission }) => submission));
        group.forEach(({ resolve }, index) => resolve(verdicts[index]!));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      for (const { submission } of group) depth -= submission.candidates.length;
    }
    busyLanes -= 1;
  }

  return {
    add(submission, bytes) {
      if (waitingBytes > 0 && waitingBytes + bytes > options.maxWaitingBytes) {
        throw new ApiError('unavailable', 'the server is busy', { retryAfter: RETRY_AFTER_SECONDS });
      }
      waitingBytes += bytes;
      depth += submission.candidates.length;
      return new Promise((resolve, reject) => {
        waiting.push({ submission, bytes, resolve, reject });
        if (busyLanes < options.lanes) void runLane();
      });
    },
    get depth() {
      return depth;
    },
  };
}
