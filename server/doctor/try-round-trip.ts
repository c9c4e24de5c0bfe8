/** Sends an event, reads it back and erases it, as an app would: of environment `development`, of a user made for it. */
import type { ServerConfig } from '../config.ts';
import { makeTestEvent } from '../test-event.ts';
import { type Finding, bad, good, warning } from './finding.ts';

export interface Asked {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the server's address, such as `/health`. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  body: unknown;
  /** Of the answer's `Date` header. */
  date?: Date;
}

export type Ask = (asked: Asked) => Promise<Answer>;

const CLOCK_TOLERANCE_MS = 60_000;
const HINTS: Readonly<Record<number, string>> = {
  401: 'the key is not one of INGEST_KEYS there',
  404: 'the address is not the server, or the proxy does not take off its path prefix',
  413: 'a proxy in front refuses the size',
  429: 'too many requests from this address',
  503: 'the database is away, or the server is overloaded',
};

export async function tryRoundTrip(ask: Ask, config: ServerConfig): Promise<Finding[]> {
  const [key] = config.ingestKeys;
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const event = makeTestEvent(config.catalogue, Date.now());
  const own = `/users/${event.user_id}`;
  const json = { ...authorization, 'content-type': 'application/json' };
  const findings: Finding[] = [];
  try {
    const health = expectStatus('GET /health', await ask({ method: 'GET', path: '/health', headers: {} }));
    if (health.date) findings.push(examineClock(health.date));
    const sent = await ask({ method: 'POST', path: '/track', headers: json, body: JSON.stringify(event) });
    const { accepted } = expectStatus('POST /track', sent).body as { accepted?: unknown };
    if (accepted !== 1) {
      const answer = JSON.stringify(sent.body).slice(0, 200);
      return [
        ...findings,
        bad('round trip', `POST /track did not accept an event of this catalogue: ${answer}`),
      ];
    }
    const read = await ask({ method: 'GET', path: `${own}/data`, headers: authorization });
    const { events = [] } = expectStatus('GET /users/:id/data', read).body as { events?: unknown[] };
    expectStatus('DELETE /users/:id', await ask({ method: 'DELETE', path: own, headers: authorization }));
    findings.push(
      events.length === 1
        ? good('round trip', 'an event was stored, read and erased again')
        : bad('round trip', `an accepted event was read back ${events.length} times`),
    );
  } catch (error) {
    findings.push(bad('round trip', error instanceof Error ? error.message : String(error)));
  }
  return findings;
}

function expectStatus(request: string, answer: Answer): Answer {
  if (answer.status === 200) return answer;
  const hint = HINTS[answer.status];
  throw new Error(`${request} answered ${answer.status}${hint === undefined ? '' : `: ${hint}`}`);
}

function examineClock(date: Date): Finding {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  return Math.abs(seconds) * 1000 <= CLOCK_TOLERANCE_MS
    ? good('clock', 'agrees with the server')
    : warning(
        'clock',
        `the server is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}: set it by NTP`,
      );
}
