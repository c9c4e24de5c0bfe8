/**
 * `npm run bench -- server [--seconds 10] [--rows 1000000]`: how many events the server takes, next to a bare probe
 * (`server-probe.ts`) on the same PostgreSQL in turns; what an event costs on disk and in memory.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Client } from 'pg';

import { startCluster } from '../../server/embedded/cluster.ts';
import { createDatabase } from '../../server/store/pool.ts';
import { toTable } from '../torture/table.ts';
import { type Load, type LoadResult, putLoad } from './server-load.ts';
import { type ServerChild, startChild, startServer } from './server-child.ts';
import { fillEvents } from './server-fill.ts';

export const title = 'Server';

/** Odd, for a median; probe and server take turns, so that a busy moment hits both. */
const ROUNDS = 3;
const BATCHES: Load = { connections: 8, eventsPerRequest: 50 };
const SINGLES: Load = { connections: 16, eventsPerRequest: 1 };

export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: { seconds: { type: 'string', default: '10' }, rows: { type: 'string', default: '1000000' } },
  });
  const seconds = Number(values.seconds);
  const dataDir = mkdtempSync(join(tmpdir(), 'roost-bench-'));
  const cluster = await startCluster({ dataDir });
  const urlOf = (name: string): string => Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href;
  const targets: ServerChild[] = [];
  try {
    for (const name of ['roost', 'probe']) await createDatabase(cluster.url, name);
    const probe = await startChild([join(import.meta.dirname, 'server-probe.ts'), urlOf('probe')]);
    targets.push(probe);
    const server = await startServer(urlOf('roost'));
    targets.push(server);
    // Compiles what is hot, on both.
    for (const { url } of targets) await putLoad(url, { ...BATCHES, seconds: 3 });
    const batches = await compare(probe, server, { ...BATCHES, seconds });
    const singles = await compare(probe, server, { ...SINGLES, seconds });
    const memory = peakMemory(server.child);
    const scale = await measureScale(server, urlOf('roost'), Number(values.rows), seconds);
    return report({ batches, singles, memory, scale });
  } finally {
    for (const target of targets) await target.stop();
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Comparison {
  probe: LoadResult;
  server: LoadResult;
  /** Median of the rounds' own ratios. */
  ratio: number;
}

async function compare(probe: ServerChild, server: ServerChild, load: Load): Promise<Comparison> {
  const rounds: Comparison[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const reference = await putLoad(probe.url, load);
    const measured = await putLoad(server.url, load);
    rounds.push({
      probe: reference,
      server: measured,
      ratio: measured.eventsPerSecond / reference.eventsPerSecond,
    });
  }
  return rounds.sort((a, b) => a.ratio - b.ratio)[Math.floor(ROUNDS / 2)]!;
}

/** MiB at the highest; null where the system does not tell. */
function peakMemory(child: ChildProcess): number | null {
  try {
    const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

interface Scale {
  rows: number;
  bytesPerEvent: number;
  small: LoadResult;
  large: LoadResult;
}

/** Fills the table to a tenth of `rows` and measures, then to `rows` and measures again. */
async function measureScale(server: ServerChild, url: string, rows: number, seconds: number): Promise<Scale> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await fillEvents(client, rows / 10);
    const small = await putLoad(server.url, { ...BATCHES, seconds });
    await fillEvents(client, rows);
    await client.query('vacuum (analyze) events');
    const { rows: sizes } = await client.query<{ events: string; bytes: string }>(
      `select count(*) as events,
         pg_total_relation_size('events') + pg_total_relation_size('dirty_user_days') as bytes from events`,
    );
    const large = await putLoad(server.url, { ...BATCHES, seconds });
    const { events, bytes } = sizes[0]!;
    return { rows: Number(events), bytesPerEvent: Number(bytes) / Number(events), small, large };
  } finally {
    await client.end();
  }
}

function report(figures: {
  batches: Comparison;
  singles: Comparison;
  memory: number | null;
  scale: Scale;
}): string {
  const { batches, singles, memory, scale } = figures;
  const growth = scale.small.eventsPerSecond / scale.large.eventsPerSecond;
  const perSecond = ({ eventsPerSecond }: LoadResult): string => `${Math.round(eventsPerSecond)} events/s`;
  const millions = (scale.rows / 1e6).toFixed(1);
  return `Server, PostgreSQL and the load on the same cores, fsync on. The probe is Fastify, zod and one \`unnest\` insert a
request into one table with the same key; both take turns, the median of ${ROUNDS} rounds.

${toTable(
  ['what', 'measured', 'reference', 'goal', 'met'],
  [
    row(
      'batches of 50 on 8 connections',
      perSecond(batches.server),
      perSecond(batches.probe),
      '≥ 0.5 × probe',
      batches.ratio >= 0.5,
    ),
    row(
      'their p99',
      ms(batches.server.p99Ms),
      ms(batches.probe.p99Ms),
      '≤ 40 ms',
      batches.server.p99Ms <= 40,
    ),
    row(
      'single events on 16 connections',
      perSecond(singles.server),
      perSecond(singles.probe),
      '≥ 0.5 × probe',
      singles.ratio >= 0.5,
    ),
    row('their p99', ms(singles.server.p99Ms), ms(singles.probe.p99Ms), 'none', true),
    row(
      'memory at the highest',
      memory === null ? 'not told here' : `${Math.round(memory)} MiB`,
      '',
      '≤ 200 MiB',
      memory === null || memory <= 200,
    ),
    row(
      `an event on disk, of ${millions} million, indexes and marks included`,
      `${Math.round(scale.bytesPerEvent)} bytes`,
      '',
      '≤ 450 bytes',
      scale.bytesPerEvent <= 450,
    ),
    row(
      `cost of an event at ${millions} million rows`,
      `${growth.toFixed(2)} ×`,
      `that at ${(scale.rows / 1e7).toFixed(1)} million`,
      '≤ 1.3 ×',
      growth <= 1.3,
    ),
  ],
)}
`;
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

function row(what: string, measured: string, reference: string, goal: string, met: boolean): string[] {
  return [what, measured, reference, goal, met ? 'yes' : 'no'];
}
