/**
 * `npm run bench -- stats`: how fast the figures are, at a million events and, with the argument `10M`, at ten
 * million. Each question is a request to a server of its own process, one at a time, with nothing cached by Roost, next
 * to the brute-force SQL over the events themselves. The data is `stats-population.ts`.
 *
 * `--runs N` asks each question N times (default 100: of twenty times, a single pause decides the p95).
 * `--keep FOLDER` leaves the filled databases in FOLDER and takes them from there the next time. `--brute-force all | 1M | none` says where the slow reference is measured (default all).
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Pool } from 'pg';

import { startCluster } from '../../server/embedded/cluster.ts';
import { migrate } from '../../server/store/migrate.ts';
import { createDatabase } from '../../server/store/pool.ts';
import { type Question, referenceFigures } from '../reference/reference.ts';
import { describeDashboard, measureDashboard } from './stats-dashboard.ts';
import { type Freshness, measureFreshness } from './stats-fresh.ts';
import { type LoadReport, loadPopulation } from './stats-load.ts';
import { COUNTRIES, DAYS, FIRST_DAY, LAST_DAY, PLATFORMS, VERSIONS } from './stats-population.ts';
import { type StatsServer, startStatsServer } from './stats-server.ts';

export const title = 'Figures';

const USERS = { '1M': 10_000, '10M': 100_000 } as const;
type Size = keyof typeof USERS;
/** A figure whose brute-force SQL takes longer is not waited for. */
const BRUTE_FORCE_MS = 300_000;

interface Case {
  name: string;
  limitMs: number;
  path: string;
  /** For the same by brute force; funnels, cohorts and events have none in SQL. */
  question?: Question;
}

const month = { from: '2026-05-02', to: LAST_DAY };
const year = { from: FIRST_DAY, to: LAST_DAY };
const few = { platform: ['macOS 15.1', 'Windows 11'], country: ['US', 'DE', 'GB'] };
/** Nearly everything. */
const most = { app_version: VERSIONS.slice(1) };
/** Half of the year, all of the last month: the most work that a filter can make. */
const half = { app_version: VERSIONS.slice(4) };
const steps = 'app_opened,recording_started,recording_completed';

const stats = (name: string, limitMs: number, question: Question): Case => ({
  name,
  limitMs,
  path: `/stats?${toQuery(question)}`,
  question,
});
const CASES: Case[] = [
  stats('/stats, 30 days', 150, month),
  stats('/stats, 365 days', 1_000, year),
  stats('/stats, 30 days, two platforms and three countries', 450, { ...month, ...few }),
  stats('/stats, 365 days, two platforms and three countries', 3_000, { ...year, ...few }),
  stats('/stats, 30 days, all versions but one', 450, { ...month, ...most }),
  stats('/stats, 365 days, all versions but one', 3_000, { ...year, ...most }),
  stats('/stats, 30 days, the latest four of eight versions', 450, { ...month, ...half }),
  stats('/stats, 365 days, the latest four of eight versions', 3_000, { ...year, ...half }),
  {
    name: 'funnel of 3 steps, 30 days',
    limitMs: 1_000,
    path: `/stats/funnel?${toQuery(month)}&steps=${steps}&window_days=7`,
  },
  {
    name: 'funnel of 3 steps, 365 days',
    limitMs: 1_000,
    path: `/stats/funnel?${toQuery(year)}&steps=${steps}&window_days=7`,
  },
  { name: 'cohorts, 365 days', limitMs: 1_000, path: `/stats/cohorts?${toQuery(year)}` },
  { name: 'all events, 365 days', limitMs: 1_000, path: `/stats/events?${toQuery(year)}` },
  {
    name: 'one event by day, 365 days',
    limitMs: 1_000,
    path: `/stats/events/recording_completed?${toQuery(year)}`,
  },
];

interface Measured {
  p50: number;
  p95: number;
  bruteForceMs: number | null;
}

interface Options {
  runs: number;
  /** Where filled databases stay; without it they are temporary. */
  keep: string | undefined;
  /** Whether the slow reference is measured too. */
  bruteForce: boolean;
}

/** The section of docs/benchmarks.md. */
export async function run(args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '100' },
      keep: { type: 'string' },
      'brute-force': { type: 'string', default: 'all' },
    },
  });
  const sizes: Size[] = positionals.includes('10M') ? ['1M', '10M'] : ['1M'];
  const optionsFor = (size: Size): Options => ({
    runs: Number(values.runs),
    keep: values.keep,
    bruteForce: ['all', size].includes(values['brute-force']),
  });
  const sections: string[] = [describePopulation(values.runs)];
  const results = new Map<Size, Measured[]>();
  for (const size of sizes) {
    const { loaded, measured, space, dashboard } = await measureSize(size, optionsFor(size));
    results.set(size, measured);
    sections.push(describeSize(size, loaded, space, measured), describeDashboard(dashboard));
  }
  const [small, large] = [results.get('1M'), results.get('10M')];
  if (small && large) sections.push(describeGrowth(small, large));
  sections.push(describeFreshness(await measureFresh()));
  return sections.join('\n\n');
}

async function measureSize(size: Size, options: Options) {
  const dataDir = options.keep ? join(options.keep, size) : mkdtempSync(join(tmpdir(), 'roost-bench-stats-'));
  mkdirSync(dataDir, { recursive: true });
  const cluster = await startCluster({ dataDir });
  try {
    const url = new URL(cluster.url);
    url.pathname = '/bench';
    await createDatabase(cluster.url, 'bench');
    await migrate(url.href);
    // Without the server's statement timeout, which brute force would not keep.
    const pool = new Pool({
      connectionString: url.href,
      max: 4,
      options: `-c timezone=UTC -c statement_timeout=${BRUTE_FORCE_MS}`,
    });
    try {
      const loaded = await loadOnce(pool, size, join(dataDir, 'loaded.json'));
      const server = await startStatsServer(url.href);
      try {
        const measured = await measureCases(server, pool, options);
        const space = await readSpace(pool);
        const dashboard = await measureDashboard(server, toQuery(month));
        return { loaded, measured, space, dashboard };
      } finally {
        await server.stop();
      }
    } finally {
      await pool.end();
    }
  } finally {
    await cluster.stop();
    if (!options.keep) rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measureFresh(): Promise<Freshness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'roost-bench-fresh-'));
  const cluster = await startCluster({ dataDir });
  try {
    await createDatabase(cluster.url, 'fresh');
    return await measureFreshness(Object.assign(new URL(cluster.url), { pathname: '/fresh' }).href);
  } finally {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Fills the database, unless a run before has left its report. */
async function loadOnce(pool: Pool, size: Size, reportFile: string): Promise<LoadReport> {
  if (existsSync(reportFile)) return JSON.parse(readFileSync(reportFile, 'utf8')) as LoadReport;
  const report = await loadPopulation(pool, USERS[size], (day) =>
    process.stderr.write(`\r${size}: day ${day} of ${DAYS}`),
  );
  process.stderr.write('\n');
  writeFileSync(reportFile, JSON.stringify(report));
  return report;
}

/**
 * Asks all questions in turns. One and the same again and again would find its rows in the processor's cache where there
 * are few, and what disturbs the machine for a moment would hit one question and spare the others.
 */
async function measureCases(
  server: StatsServer,
  pool: Pool,
  { runs, bruteForce }: Options,
): Promise<Measured[]> {
  const times: number[][] = CASES.map(() => []);
  for (const { path } of CASES) await server.ask(path);
  for (let turn = 0; turn < runs; turn += 1) {
    for (const [i, { path }] of CASES.entries()) times[i]!.push(await timeOf(() => server.ask(path)));
  }
  const measured: Measured[] = [];
  for (const [i, { name, question }] of CASES.entries()) {
    const [p50, p95] = [percentileOf(times[i]!, 0.5), percentileOf(times[i]!, 0.95)];
    process.stderr.write(`${name}: p95 ${p95.toFixed(0)} ms\n`);
    measured.push({
      p50,
      p95,
      bruteForceMs: question && bruteForce ? await timeBruteForce(pool, question) : null,
    });
  }
  return measured;
}

function percentileOf(times: readonly number[], share: number): number {
  const inOrder = times.toSorted((a, b) => a - b);
  return inOrder[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)]!;
}

/** Asked once: it takes minutes at ten million. Null where one figure took too long. */
async function timeBruteForce(pool: Pool, question: Question): Promise<number | null> {
  try {
    return await timeOf(() => referenceFigures(pool, question));
  } catch (error) {
    process.stderr.write(`brute force given up: ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

interface Space {
  events: number;
  rollups: number;
}

async function readSpace(pool: Pool): Promise<Space> {
  const { rows } = await pool.query<Space>(
    `select
       (sum(pg_total_relation_size(oid)) filter (where relname in ('events', 'crashes')))::float8 as events,
       (sum(pg_total_relation_size(oid)) filter (where relname not in ('events', 'crashes')))::float8 as rollups
     from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  return rows[0]!;
}

function toQuery({ from, to, ...filters }: Question): string {
  const parameters = new URLSearchParams({ from, to });
  for (const [name, values] of Object.entries(filters)) parameters.set(name, (values ?? ['all']).join(','));
  return parameters.toString();
}

function describePopulation(runs: string): string {
  return `Made data (\`test/bench/stats-population.ts\`): ${DAYS} days, ${VERSIONS.length} versions, ${PLATFORMS.length} platforms,
${COUNTRIES.length} countries, about 100 events a user, 15 % of them with a processing time. Embedded PostgreSQL with its own
settings, requests to a server on the same cores, one at a time, all questions in turns, ${runs} of each, no cache in Roost. Brute force: \`test/reference/figures.sql\`, asked once; –: not in this run, or not in SQL.`;
}

function describeSize(size: Size, loaded: LoadReport, space: Space, measured: readonly Measured[]): string {
  const rows = CASES.map(({ name, limitMs }, i) => {
    const { p50, p95, bruteForceMs } = measured[i]!;
    const ratio = bruteForceMs === null ? '–' : `${(bruteForceMs / p50).toFixed(0)} ×`;
    return `| ${name} | ${p50.toFixed(0)} | ${p95.toFixed(0)} | ${limitMs} | ${bruteForceMs?.toFixed(0) ?? '–'} | ${ratio} |`;
  });
  return `### ${loaded.events.toLocaleString('en')} events of ${loaded.users.toLocaleString('en')} users (${size})

| question | p50, ms | p95, ms | aim, ms | brute force, ms | ratio |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Aggregation kept up at ${Math.round(loaded.events / loaded.aggregating).toLocaleString('en')} events/s (${loaded.userDays.toLocaleString('en')} user-days in ${loaded.aggregating.toFixed(0)} s).
Events and crashes with their indexes take ${megabytes(space.events)}, rollups ${megabytes(space.rollups)}: ${((100 * space.rollups) / space.events).toFixed(1)} % (aim: less than 30 %).`;
}

function describeGrowth(small: readonly Measured[], large: readonly Measured[]): string {
  const rows = CASES.map(({ name }, i) => `| ${name} | ${(large[i]!.p95 / small[i]!.p95).toFixed(1)} × |`);
  return `### From one to ten million events\n\n| question | p95 grows by (aim: less than 5 ×) |\n| --- | --- |\n${rows.join('\n')}`;
}

function describeFreshness({ eventsPerSecond, p50, worst, records }: Freshness): string {
  return `### Fresh

While a server takes ${Math.round(eventsPerSecond).toLocaleString('en')} events/s (load, server and PostgreSQL on the same cores), a record is in \`/stats\`
${p50.toFixed(1)} s after its answer at the median, ${worst.toFixed(1)} s at the worst of ${records} (aim: 5 s).`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MB`;
}
