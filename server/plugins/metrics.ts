/** Counters and durations for Prometheus; none of them has a label that comes from a client. */
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

import type { Verdict } from '../../lib/record/batch.ts';

export interface CountedVerdicts {
  /** `result` as in `roost_records_total`. */
  records: { kind: string; result: string; count: number }[];
  stripped: number;
}

export interface ServerMetrics {
  registry: Registry;
  countVerdict(kind: 'event' | 'crash', verdict: Verdict): void;
  /** What `countVerdict` counted so far. */
  verdicts(): Promise<CountedVerdicts>;
  /** Seconds that a job took, and how it ended. */
  observeJob(job: string, seconds: number, outcome: 'done' | 'failed'): void;
  /** When a job of this process last succeeded; null: not yet. */
  lastDone(job: string): Date | null;
  setDatabaseSize(bytes: number): void;
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: ServerMetrics;
  }
}

export interface MetricsOptions {
  /** Records that wait to be written, by kind; asked at each scrape. */
  queueDepth: () => Readonly<Record<'event' | 'crash', number>>;
}

async function setUp(app: FastifyInstance, { queueDepth }: MetricsOptions): Promise<void> {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const records = new Counter({
    name: 'roost_records_total',
    help: 'Records received, by kind and result (accepted, duplicate, or the code of the rejection)',
    labelNames: ['kind', 'result'],
    registers,
  });
  const stripped = new Counter({
    name: 'roost_properties_stripped_total',
    help: 'Properties left out because the catalogue does not know them',
    registers,
  });
  const requests = new Histogram({
    name: 'roost_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  });
  const jobs = new Histogram({
    name: 'roost_job_seconds',
    help: 'Duration of background jobs',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.05, 0.2, 1, 5, 20, 60, 300, 1200],
    registers,
  });
  registry.registerMetric(
    new Gauge({
      name: 'roost_write_queue_records',
      help: 'Records that wait for their transaction',
      labelNames: ['kind'],
      registers: [],
      collect() {
        for (const [kind, depth] of Object.entries(queueDepth())) this.set({ kind }, depth);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'roost_database_connections',
      help: 'Connections of the pool, by state; waiting: requests that wait for one',
      labelNames: ['state'],
      registers: [],
      collect() {
        this.set({ state: 'open' }, app.pool.totalCount);
        this.set({ state: 'idle' }, app.pool.idleCount);
        this.set({ state: 'waiting' }, app.pool.waitingCount);
      },
    }),
  );

  const databaseSize = new Gauge({
    name: 'roost_database_bytes',
    help: 'Size of the database, measured once an hour',
    registers,
  });
  const done = new Map<string, Date>();

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.decorate('metrics', {
    registry,
    countVerdict(kind, { accepted, duplicates, stripped: left, rejected }) {
      records.inc({ kind, result: 'accepted' }, accepted);
      records.inc({ kind, result: 'duplicate' }, duplicates);
      for (const { code } of rejected) records.inc({ kind, result: code });
      stripped.inc(left);
    },
    async verdicts() {
      const { values } = await records.get();
      return {
        records: values.map(({ labels, value }) => ({
          kind: String(labels.kind),
          result: String(labels.result),
          count: value,
        })),
        stripped: (await stripped.get()).values[0]?.value ?? 0,
      };
    },
    observeJob(job, seconds, outcome) {
      jobs.observe({ job, outcome }, seconds);
      if (outcome === 'done') done.set(job, new Date());
    },
    lastDone: (job) => done.get(job) ?? null,
    setDatabaseSize: (bytes) => databaseSize.set(bytes),
  });
}
export const metrics = fastifyPlugin(setUp, { name: 'metrics' });
