/** Background work of a running server: when it runs, that it never overlaps itself, that a failure is told. */
import { Cron } from 'croner';
import type { FastifyInstance } from 'fastify';

import { catchUp } from './aggregate.ts';
import { checkMinutely, checkReleases, deliverMessages, forgetAlerts } from './alerts.ts';
import { checkDatabaseSize } from './database-size.ts';
import { enqueueDueReport } from './report.ts';
import { removeExpired } from './retention.ts';
import { refreshUserStats } from '../store/rollups/user-stats.ts';

export interface Job {
  name: string;
  /** Cron pattern with seconds, UTC. */
  when: string;
  /** `stopped` turns true when the server is to end: finish the step at hand and return. */
  run: (app: FastifyInstance, stopped: () => boolean) => Promise<unknown>;
}

const JOBS: readonly Job[] = [
  {
    name: 'aggregate',
    when: '*/2 * * * * *',
    run: ({ pool }, stopped) => catchUp(pool, { stopped }),
  },
  {
    name: 'user_stats',
    when: '*/10 * * * * *',
    run: ({ pool, config }) => refreshUserStats(pool, config.retentionDays),
  },
  {
    name: 'retention',
    when: '0 17 * * * *',
    run: ({ pool, config }, stopped) => removeExpired(pool, { retentionDays: config.retentionDays, stopped }),
  },
  { name: 'database_size', when: '0 29 * * * *', run: checkDatabaseSize },
  { name: 'alerts', when: '20 * * * * *', run: checkMinutely },
  { name: 'release_alerts', when: '40 */10 * * * *', run: checkReleases },
  { name: 'weekly_report', when: '50 * * * * *', run: (app) => enqueueDueReport(app) },
  { name: 'messages', when: '*/5 * * * * *', run: deliverMessages },
  { name: 'forget_alerts', when: '0 43 * * * *', run: forgetAlerts },
];

/** Starts the jobs, and `more`; the returned function stops them and waits for those at work. */
export function startJobs(app: FastifyInstance, more: readonly Job[] = []): () => Promise<void> {
  let stopping = false;
  const atWork = new Set<Promise<void>>();
  const crons = [...JOBS, ...more].map(
    (job) =>
      new Cron(job.when, { timezone: 'UTC', protect: true }, async () => {
        const work = runJob(app, job, () => stopping);
        atWork.add(work);
        await work;
        atWork.delete(work);
      }),
  );
  return async () => {
    stopping = true;
    for (const cron of crons) cron.stop();
    await Promise.all(atWork);
  };
}

async function runJob(app: FastifyInstance, job: Job, stopped: () => boolean): Promise<void> {
  const start = performance.now();
  const finish = (outcome: 'done' | 'failed'): void =>
    app.metrics.observeJob(job.name, (performance.now() - start) / 1000, outcome);
  try {
    await job.run(app, stopped);
    finish('done');
  } catch (error) {
    finish('failed');
    app.log.error({ err: error, job: job.name }, 'a job failed, it will be tried again');
  }
}
