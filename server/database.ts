/** The database that the settings ask for: one that runs elsewhere, or the embedded one. */
import { setTimeout as delay } from 'node:timers/promises';

import { type ServerConfig, ConfigError } from './config.ts';
import { startCluster } from './embedded/cluster.ts';
import { countServers, createDatabase, databaseExists, withClient } from './store/pool.ts';

export interface Database {
  url: string;
  /** Starts the embedded PostgreSQL again where it was killed; nothing can be done for one that runs elsewhere. */
  revive(): Promise<void>;
  /** Stops the embedded PostgreSQL, unless another server uses it too; close your own connections first. */
  close(): Promise<void>;
}

const NAME = 'roost';
/** What was closed a moment ago is listed until its process has ended. */
const LOOKS = 20;
const LOOK_EVERY_MS = 100;

export async function openDatabase({
  databaseUrl,
  dataDir,
}: Pick<ServerConfig, 'databaseUrl' | 'dataDir'>): Promise<Database> {
  if (databaseUrl !== null) {
    await checkReachable(databaseUrl);
    return { url: databaseUrl, revive: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const cluster = await startCluster({ dataDir }).catch((error: unknown) => {
    throw new ConfigError(`DATA_DIR: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!(await databaseExists(cluster.url, NAME))) await createDatabase(cluster.url, NAME);
  const url = new URL(cluster.url);
  url.pathname = `/${NAME}`;
  return {
    url: url.href,
    revive: () => cluster.revive(),
    async close() {
      if (cluster.isRunning() && !(await isUsed(cluster.url))) await cluster.stop();
    },
  };
}

async function isUsed(url: string): Promise<boolean> {
  for (let look = 1; (await countServers(url)) > 0; look += 1) {
    if (look === LOOKS) return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
}

async function checkReachable(url: string): Promise<void> {
  try {
    await withClient(url, { statementTimeoutMs: 5_000 }, (client) => client.query('select 1'));
  } catch (error) {
    const reason = error instanceof AggregateError ? error.errors[0] : error;
    throw new ConfigError(
      `DATABASE_URL: cannot connect: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
  }
}
