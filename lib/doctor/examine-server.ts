/** The way from here to the server: address, key, clock. Nothing is stored there. */
import { checkEndpoint, checkKey } from '../delivery/endpoint.ts';
import { CLOCK_TOLERANCE_MS } from '../record/limits.ts';
import type { Finding } from './finding.ts';

export interface ServerToExamine {
  endpoint: string;
  ingestKey: string | undefined;
}

const TIMEOUT_MS = 30_000;

/** Throws `RoostError` `invalid_option`. */
export async function examineServer({ endpoint, ingestKey }: ServerToExamine): Promise<Finding[]> {
  const base = checkEndpoint(endpoint).replace(/\/+$/, '');
  const key = checkKey(ingestKey);
  const health = await ask(`${base}/health`, {});
  if ('failure' in health) return [bad('server', `${base} cannot be reached: ${health.failure}`)];
  const { status, database } = health.body as { status?: unknown; database?: unknown };
  if (status !== 'ok' && database !== 'away') {
    return [
      bad(
        'server',
        `what answers at ${base}/health (${health.status}) is no Roost server: is the path right?`,
      ),
    ];
  }
  const server: Finding =
    status === 'ok'
      ? { subject: 'server', level: 'good', text: `${base} answers` }
      : {
          subject: 'server',
          level: 'warning',
          text: `${base} answers, but its database is away: records wait`,
        };
  return [server, await examineKey(base, key), ...examineClock(health.date)];
}

/** A batch of nothing is refused by every server, but with different words to those who may send. */
async function examineKey(base: string, key: string | undefined): Promise<Finding> {
  const answer = await ask(`${base}/track`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: '{"events":[]}',
  });
  if ('failure' in answer) return bad('key', `could not be tried: ${answer.failure}`);
  const { error } = answer.body as { error?: { code?: unknown } };
  if (answer.status === 400 && error?.code === 'invalid_batch') {
    return { subject: 'key', level: 'good', text: key === undefined ? 'none is needed' : 'is accepted' };
  }
  if (answer.status === 401) {
    return bad('key', 'is refused (401): compare ingestKey with INGEST_KEYS. Records are kept meanwhile');
  }
  return {
    subject: 'key',
    level: 'warning',
    text: `could not be tried: POST /track answered ${answer.status}`,
  };
}

function examineClock(date: Date | null): Finding[] {
  if (date === null) return [];
  const differenceMs = Date.now() - date.getTime();
  if (Math.abs(differenceMs) <= CLOCK_TOLERANCE_MS) {
    return [{ subject: 'clock', level: 'good', text: 'agrees with the server' }];
  }
  const minutes = Math.round(Math.abs(differenceMs) / 60_000);
  const side = differenceMs > 0 ? 'ahead of' : 'behind';
  const text = `is ${minutes} minutes ${side} the server, which corrects the times of records by that`;
  return [{ subject: 'clock', level: 'warning', text }];
}

type Answer = { status: number; body: unknown; date: Date | null } | { failure: string };

async function ask(url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const date = new Date(response.headers.get('date') ?? NaN);
    const body = (await response.json().catch(() => ({}))) as unknown;
    return { status: response.status, body: body ?? {}, date: Number.isNaN(date.getTime()) ? null : date };
  } catch (error) {
    const { message, cause } = error as Error;
    return { failure: cause instanceof Error && cause.message !== '' ? cause.message : message };
  }
}

function bad(subject: string, text: string): Finding {
  return { subject, level: 'bad', text };
}
