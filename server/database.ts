/** The database that the settings ask for: one that runs elsewhere, or the embedded one. */
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
      if (cluster.isRunning() && (await countServers(cluster.url)) === 0) await cluster.stop();
    },
  };
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
