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
const OLDEST_POSTGRESQL = 14;
/** What was closed a moment ago is listed until its process has ended. */
const LOOKS = 20;
const LOOK_EVERY_MS = 100;

export async function openDatabase({
  databaseUrl,
  dataDir,
}: Pick<ServerConfig, 'databaseUrl' | 'dataDir'>): Promise<Database> {
  if (databaseUrl !== null) {
    await checkUsable(databaseUrl);
    return { url: databaseUrl, revive: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const cluster = await startCluster({ dataDir }).catch((error: unknown) => {
    const { syscall, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      syscall === 'mkdir'
        ? `DATA_DIR: expected a folder that this user may write to: ${message}`
        : `DATA_DIR: the embedded PostgreSQL cannot start: ${message}`,
    );
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

/** A database that cannot be used is told before anything is written into it. */
async function checkUsable(url: string): Promise<void> {
  const { version, release, encoding } = await readFacts(url).catch((error: unknown) => {
    const reason: unknown = error instanceof AggregateError ? error.errors[0] : error;
    throw new ConfigError(
      `DATABASE_URL: cannot connect: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
  });
  if (version < OLDEST_POSTGRESQL * 10_000) {
    throw new ConfigError(
      `DATABASE_URL: PostgreSQL ${release} is too old: ${OLDEST_POSTGRESQL} or later is needed`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new ConfigError(
      `DATABASE_URL: the database is in ${encoding}: make one with "create database … template template0 encoding 'UTF8'"`,
    );
  }
}

interface DatabaseFacts {
  /** Such as 140011 for 14.11. */
  version: number;
  release: string;
  encoding: string;
}

async function readFacts(url: string): Promise<DatabaseFacts> {
  const { rows } = await withClient(url, { statementTimeoutMs: 5_000 }, (client) =>
    client.query<DatabaseFacts>(
      `select current_setting('server_version_num')::int as version,
         current_setting('server_version') as release, current_setting('server_encoding') as encoding`,
    ),
  );
  return rows[0]!;
}
