/**
 * Asks the server. Conditional: an answer that did not change comes back as the very object of the last time, so that
 * callers see by `===` that there is nothing to draw. Two askers of one address share one request.
 */
import { noteAsOf } from './as-of.ts';

export class ApiError extends Error {
  override name = 'ApiError';
  /** `offline`: no answer at all; it may mend by itself. */
  readonly kind: 'offline' | 'answer';
  readonly status: number;
  constructor(kind: 'offline' | 'answer', message: string, status = 0) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

interface Known {
  etag: string | null;
  body: unknown;
  /** By the page's monotonic clock. */
  at: number;
  /** How long the server took. */
  tookMs: number;
}

const known = new Map<string, Known>();
const underway = new Map<string, Promise<unknown>>();
/** Answers kept for comparison; more would only hold memory. */
const MAX_KNOWN = 40;
const PATIENCE = 10;
/** Without an answer for this long the connection counts as lost. */
const TIMEOUT_MS = 30_000;

export interface GetOptions {
  /** A kept answer that is younger is good enough. Default 0: none is. */
  maxAgeMs?: number;
  /** For what the server works hard for: asked again after ten times as long as it took, not before. */
  patient?: boolean;
}

/** `path` is relative to the page, so that a path prefix in front of the server does not matter. */
export function get<Answer>(
  path: string,
  { maxAgeMs = 0, patient = false }: GetOptions = {},
): Promise<Answer> {
  const kept = known.get(path);
  const goodFor = kept && patient ? Math.max(maxAgeMs, kept.tookMs * PATIENCE) : maxAgeMs;
  if (kept && performance.now() - kept.at < goodFor) return Promise.resolve(kept.body as Answer);
  let request = underway.get(path);
  if (!request) {
    request = ask(path).finally(() => underway.delete(path));
    underway.set(path, request);
  }
  return request as Promise<Answer>;
}

async function ask(path: string): Promise<unknown> {
  const before = known.get(path);
  const asked = performance.now();
  const response = await send(path, {
    headers: { accept: 'application/json', ...(before?.etag ? { 'if-none-match': before.etag } : {}) },
    // The browser's own cache would answer with 200 and a new object.
    cache: 'no-store',
  });
  const tookMs = performance.now() - asked;
  noteAsOf(response);
  if (response.status === 304 && before) {
    keep(path, { ...before, at: performance.now(), tookMs });
    return before.body;
  }
  const body = await readAnswer(response);
  keep(path, { etag: response.headers.get('etag'), body, at: performance.now(), tookMs });
  return body;
}

function keep(path: string, answer: Known): void {
  known.delete(path);
  known.set(path, answer);
  const oldest = known.keys().next().value;
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

/** Sends a change. */
export async function change<Answer>(method: 'PATCH' | 'POST', path: string, body: unknown): Promise<Answer> {
  const response = await send(path, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await readAnswer(response)) as Answer;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new ApiError('offline', 'The server does not answer.');
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new ApiError('answer', plainWords(response.status, body), response.status);
}

/** What an admin can do something with. */
function plainWords(status: number, body: unknown): string {
  const told = (body as { error?: { message?: unknown } } | null)?.error?.message;
  if (status === 400 && typeof told === 'string') return `The server did not accept the question: ${told}`;
  if (status === 401 || status === 403)
    return 'The sign-in is no longer valid. Reload the page to sign in again.';
  if (status === 404) return 'The server has no answer here. It may be older than this page: reload it.';
  if (status === 429) return 'Too many requests at the moment. It goes on by itself in a minute.';
  if (status === 503) return 'The server cannot reach its database at the moment.';
  return `The server failed to answer (${status}). Its log says why.`;
}
