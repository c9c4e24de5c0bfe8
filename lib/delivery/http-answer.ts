/** What an answer of the server means for the batch: the one place that knows. */
import { verdictSchema } from '../record/batch.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { parseRetryAfter } from './retry-policy.ts';
import type { SendResult } from './transport.ts';

/** `records`: how many the batch held. `now`: milliseconds since the epoch. */
export function readAnswer(answer: HttpAnswer, records: number, now: number): SendResult {
  switch (answer.status) {
    case 200:
      return readVerdict(answer.body, records);
    case 400:
      return { status: 'split', reason: 'malformed' };
    case 413:
      return { status: 'split', reason: 'too_large' };
    case 401:
    case 403:
    case 404:
    case 405:
      return { status: 'refused', reason: `HTTP ${answer.status}` };
    default:
      return retry(`HTTP ${answer.status}`, parseRetryAfter(answer.retryAfter, now));
  }
}

/** A 200 counts only if it is a verdict on exactly these records: captive portals answer 200 too. */
function readVerdict(body: string, records: number): SendResult {
  const verdict = verdictSchema.safeParse(parseJson(body)).data;
  if (!verdict) return retry('an answer that is not from a Roost server');
  const { accepted, duplicates, rejected } = verdict;
  const indexes = new Set(rejected.map(({ index }) => index));
  const complete =
    accepted + duplicates + rejected.length === records &&
    indexes.size === rejected.length &&
    rejected.every(({ index }) => index < records);
  if (!complete) return retry('an answer that does not match the batch');
  return {
    status: 'settled',
    rejected: rejected.map(({ index, code, message }) => ({ index, code, message })),
  };
}

function retry(reason: string, afterMs?: number): SendResult {
  return afterMs === undefined ? { status: 'retry', reason } : { status: 'retry', reason, afterMs };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
