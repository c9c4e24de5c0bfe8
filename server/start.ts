/** `roost-server serve`: database, schema, application, jobs; and the way back on SIGTERM or Ctrl-C. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import { addressError, checkAddress } from './address.ts';
import { buildApp } from './app.ts';
import type { ServerConfig } from './config.ts';
import { dashboardFolder } from './dashboard-folder.ts';
import { openDatabase } from './database.ts';
import { startJobs } from './jobs/scheduler.ts';
import { createLogger } from './plugins/logging.ts';
import { migrate } from './store/migrate.ts';
import { openPool } from './store/pool.ts';

export interface RunningServer {
  /** Origin, such as http://127.0.0.1:8787. */
  url: string;
  app: FastifyInstance;
  /** Answers what is in flight, then stops the jobs, the connections and the embedded database. */
  stop(): Promise<void>;
}

/** Requests that are not answered by then are cut off. */
const DRAIN_MS = 10_000;

export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const logger = createLogger(config.logLevel);
  await checkAddress(config);
  const database = await openDatabase(config);
  const pool = openPool({
    url: database.url,
    onError: (error) => logger.warn({ err: error }, 'a database connection broke'),
    ...(config.slowQueryMs > 0 && {
      slow: { fromMs: config.slowQueryMs, tell: (slow) => logger.warn(slow, 'a slow statement') },
    }),
  });
  const stopDatabase = async (): Promise<void> => {
    await pool.end();
    await database.close();
  };
  try {
    const { applied } = await migrate(database.url);
    if (applied.length > 0) logger.info({ applied }, 'schema brought up to date');
    const app = await buildApp({ config, pool, logger });
    const url = await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
      throw addressError(error, config);
    });
    const stopJobs = startJobs(app, [
      { name: 'revive_database', when: '*/2 * * * * *', run: () => database.revive() },
    ]);
    return {
      url,
      app,
      async stop() {
        await Promise.all([drain(app, logger), stopJobs()]);
        await stopDatabase();
      },
    };
  } catch (error) {
    await stopDatabase().catch(() => {});
    throw error;
  }
}

async function drain(app: FastifyInstance, logger: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    logger.warn('requests were still open after 10 s and are cut off');
    app.server.closeAllConnections();
  }, DRAIN_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(deadline);
  }
}

/** What a person needs to know after a start. */
export function describeStart(config: ServerConfig, url: string): string {
  const lines = [`Roost listens on ${url}, the dashboard is at ${url}/dashboard`];
  if (config.passwordMade) {
    lines.push(
      `Dashboard user ${config.dashboardUser}, password ${config.dashboardPassword} (made for this run)`,
    );
  }
  if (config.ingestKeys.length === 0)
    lines.push('INGEST_KEYS is not set: everybody who reaches it may send records');
  if (dashboardFolder() === null) lines.push('The dashboard is not built: run "npm run build"');
  return lines.join('\n');
}
