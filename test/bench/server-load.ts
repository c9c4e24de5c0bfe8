/** Puts load on a server and measures it: batches over a number of connections, one request at a time on each. */
import { randomUUID } from 'node:crypto';

import { Client } from 'undici';
import { v7 as uuidV7 } from 'uuid';

export interface Load {
  connections: number;
  eventsPerRequest: number;
  /** Ends after so many seconds, or so many events, whichever is first. */
  seconds?: number;
  events?: number;
}

export interface LoadResult {
  events: number;
  eventsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const EVENTS = [
  [
    'recording_completed',
    { audio_duration_seconds: 93.5, source: 'widget', success: true, processing_time_seconds: 2.41 },
  ],
  [
    'transcription_completed',
    {
      audio_duration_seconds: 93.5,
      processing_time_seconds: 2.41,
      source: 'main_window',
      estimated_cost_usd: 0.00935,
    },
  ],
] as const;

/** One request's body: events with four properties, of one user, as one client sends them. */
export function makeBody(count: number): string {
  const [userId, sessionId, now] = [randomUUID(), randomUUID(), new Date().toISOString()];
  const events = Array.from({ length: count }, (_, index) => {
    const [event, properties] = EVENTS[index % EVENTS.length]!;
    return {
      event_id: uuidV7(),
      user_id: userId,
      session_id: sessionId,
      timestamp: now,
      event,
      properties,
      app_version: '1.4.2',
      platform: 'macOS 15.1',
      country: 'DE',
    };
  });
  return JSON.stringify({ sent_at: now, events });
}

/** Throws where an answer is not a 200 that accepts everything. */
export async function putLoad(origin: string, load: Load): Promise<LoadResult> {
  const start = performance.now();
  const deadline = start + (load.seconds ?? Infinity) * 1000;
  const limit = load.events ?? Infinity;
  const latencies: number[] = [];
  let sent = 0;

  async function drive(): Promise<void> {
    const client = new Client(origin);
    try {
      while (performance.now() < deadline && sent < limit) {
        sent += load.eventsPerRequest;
        const body = makeBody(load.eventsPerRequest);
        const before = performance.now();
        const answer = await client.request({
          path: '/track',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        const verdict = (await answer.body.json()) as { accepted?: number };
        if (verdict.accepted !== load.eventsPerRequest) {
          throw new Error(`${answer.statusCode}: ${JSON.stringify(verdict)}`);
        }
        latencies.push(performance.now() - before);
      }
    } finally {
      await client.close();
    }
  }

  await Promise.all(Array.from({ length: load.connections }, drive));
  latencies.sort((a, b) => a - b);
  const share = (of: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * of))]!;
  return {
    events: sent,
    eventsPerSecond: sent / ((performance.now() - start) / 1000),
    p50Ms: share(0.5),
    p99Ms: share(0.99),
  };
}
