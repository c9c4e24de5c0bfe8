/** An export of many rows by a server process whose heap is kept small, the memory it takes, and the same by `copy`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** A fraction of the files that are measured: a server that collected rows would end for lack of memory. */
const HEAP_MB = 128;
const SAMPLE_MS = 250;
const LOGIN = { user: 'bench', password: 'bench' };
const AUTHORIZATION = {
  authorization: `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`,
};
const MONTH = 'from=2026-06-01&to=2026-06-30';

export interface ExportMeasurement {
  lines: number;
  bytes: number;
  seconds: number;
}

/** Events of June, a hundred for each user. */
export function fillEvents(databaseUrl: string, rows: number): Promise<void> {
  const id = (number: string): string =>
    `('00000000-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
  return withDatabase(databaseUrl, async (client) => {
    await client.query(
      `insert into events
         (user_id, event_id, session_id, timestamp, event, app_version, platform, country, environment, properties)
       select ${id('n / 100')}, ${id('n')}, ${id('n / 10')}, '2026-06-01Z'::timestamptz + interval '30 days' * n / $1,
         'transcription_completed', '1.2.' || n % 5, 'macOS 15.1', 'DE', 'production',
         jsonb_build_object('audio_duration_seconds', n % 600, 'processing_time_seconds', n % 90 / 10.0)
       from generate_series(0, $1::int - 1) n`,
      [rows],
    );
    await client.query('vacuum analyze events');
  });
}

/** Through HTTP, read as fast as it comes. `peakBytes`: resident memory of the server process meanwhile. */
export async function measureExport(
  databaseUrl: string,
): Promise<ExportMeasurement & { idleBytes: number; peakBytes: number }> {
  const server = await startServer(databaseUrl);
  try {
    const idleBytes = await residentBytes(server.url);
    let peakBytes = idleBytes;
    let sampling = Promise.resolve();
    const sampler = setInterval(() => {
      sampling = sampling.then(async () => {
        peakBytes = Math.max(peakBytes, await residentBytes(server.url));
      });
    }, SAMPLE_MS);
    const start = performance.now();
    const response = await fetch(`${server.url}/export/events.csv?${MONTH}`, { headers: AUTHORIZATION });
    const measured = await readLines(response.body!, start);
    clearInterval(sampler);
    await sampling;
    return { ...measured, idleBytes, peakBytes };
  } finally {
    await server.stop();
  }
}

/** The same rows as PostgreSQL writes them by itself, unescaped: the least that an export can take. */
export function measureCopy(databaseUrl: string): Promise<ExportMeasurement> {
  return withDatabase(databaseUrl, (client) => {
    const start = performance.now();
    return readLines(
      client.query(copyTo('copy (select * from v_events) to stdout (format csv, header)')),
      start,
    );
  });
}

const LINE_FEED = 10;

async function readLines(stream: AsyncIterable<Uint8Array>, start: number): Promise<ExportMeasurement> {
  let [bytes, lines] = [0, 0];
  for await (const chunk of stream) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1;
  }
  return { bytes, lines, seconds: (performance.now() - start) / 1000 };
}

async function startServer(databaseUrl: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, join(import.meta.dirname, '../../server/main.ts'), 'serve'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        PORT: '0',
        DASHBOARD_USER: LOGIN.user,
        DASHBOARD_PASSWORD: LOGIN.password,
        LOG_LEVEL: 'error',
      },
    },
  );
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const url = /listens on (http:\S+?),/.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      async stop() {
        child.kill('SIGTERM');
        const [code] = (await ended) as [number | null];
        if (code !== 0) throw new Error(`the server ended with ${code}`);
      },
    };
  }
  throw new Error('the server did not start');
}

async function residentBytes(url: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: AUTHORIZATION });
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await response.text())![1]);
}

async function withDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
