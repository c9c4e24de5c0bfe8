/** Sends what was made through the HTTP API, several requests at a time, as patiently as a client. */
import { setTimeout as wait } from 'node:timers/promises';

import type { Verdict } from '../../lib/record/batch.ts';
import { MAX_CRASHES_PER_BATCH, MAX_EVENTS_PER_BATCH } from '../../lib/record/limits.ts';
import type { SessionRecords } from './session.ts';

const REQUESTS_AT_ONCE = 4;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

export interface Totals {
  accepted: number;
  duplicates: number;
  rejected: number;
}

export interface SendOptions {
  endpoint: string;
  ingestKey?: string;
  /** Called after each answer with the records it settled. */
  onSettled: (records: number) => void;
  /** Called with a reason each time the server asks for patience. */
  onWait: (reason: string) => void;
  signal: AbortSignal;
}

interface Request {
  path: '/track' | '/crash';
  body: string;
  records: number;
}

/** Resolves when every record has its answer. Throws `SimulationError` where going on makes no sense. */
export async function sendAll(days: Iterable<SessionRecords>, options: SendOptions): Promise<Totals> {
  const totals: Totals = { accepted: 0, duplicates: 0, rejected: 0 };
  const requests = makeRequests(days);
  const work = async (): Promise<void> => {
    for (const request of requests) {
      const verdict = await send(request, options);
      totals.accepted += verdict.accepted;
      totals.duplicates += verdict.duplicates;
      totals.rejected += verdict.rejected.length;
      options.onSettled(request.records);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
  return totals;
}

/** Batches of many people at once: what 500 apps send in a minute, in the fewest requests. */
function* makeRequests(days: Iterable<SessionRecords>): Generator<Request> {
  let events: SessionRecords['events'] = [];
  let crashes: SessionRecords['crashes'] = [];
  for (const day of days) {
    events.push(...day.events);
    crashes.push(...day.crashes);
    while (events.length >= MAX_EVENTS_PER_BATCH) {
      yield toRequest('/track', 'events', events.slice(0, MAX_EVENTS_PER_BATCH));
      events = events.slice(MAX_EVENTS_PER_BATCH);
    }
    while (crashes.length >= MAX_CRASHES_PER_BATCH) {
      yield toRequest('/crash', 'crashes', crashes.slice(0, MAX_CRASHES_PER_BATCH));
      crashes = crashes.slice(MAX_CRASHES_PER_BATCH);
    }
  }
  if (events.length > 0) yield toRequest('/track', 'events', events);
  if (crashes.length > 0) yield toRequest('/crash', 'crashes', crashes);
}

function toRequest(path: Request['path'], name: 'events' | 'crashes', records: unknown[]): Request {
  return { path, body: JSON.stringify({ [name]: records }), records: records.length };
}

async function send(request: Request, options: SendOptions): Promise<Verdict> {
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
    options.signal.throwIfAborted();
    const response = await post(request, options);
    if (response?.ok) return (await response.json()) as Verdict;
    const text = response ? await response.text() : 'no answer';
    if (response && ![408, 425, 429].includes(response.status) && response.status < 500) {
      throw new SimulationError(`The server refused: ${response.status} ${text.slice(0, 300)}`);
    }
    options.onWait(response?.status === 429 ? 'rate limit' : text.slice(0, 100));
    const askedMs = Number(response?.headers.get('retry-after')) * 1000 || 0;
    await wait(Math.max(askedMs, retryMs), undefined, { signal: options.signal });
  }
}

/** Undefined: no answer. Sending again is safe, the server knows each record by its id. */
async function post(
  { path, body }: Request,
  { endpoint, ingestKey, signal }: SendOptions,
): Promise<Response | undefined> {
  try {
    return await fetch(endpoint + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(ingestKey ? { authorization: `Bearer ${ingestKey}` } : {}),
      },
      body,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** For the terminal: the message says all. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}
