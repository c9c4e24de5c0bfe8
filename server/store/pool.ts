/** Connections to PostgreSQL. Loses none of them for good: a database that is gone and back is simply used again. */
import { Client, Pool, type PoolClient, escapeIdentifier } from 'pg';

import { LendingSocket } from './lending-socket.ts';
import { type SlowStatementOptions, watchStatements } from './slow-statements.ts';

export interface PoolOptions {
  url: string;
  /** Default 10. */
  connections?: number;
  /** Told about connections that broke while idle. */
  onError?: (error: Error) => void;
  /** Default: nothing is told. */
  slow?: SlowStatementOptions;
}

const APPLICATION_NAME = 'roost-server';
const CONNECT_TIMEOUT_MS = 5_000;
/** Work of its own can wait for a database that is just starting. */
const PATIENT_CONNECT_TIMEOUT_MS = 15_000;
/** Longer than any request should take, shorter than a client's patience (30 s). */
const STATEMENT_TIMEOUT_MS = 20_000;
/** The server's own timeout comes first, unless the connection is half open. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Every session works in UTC: no figure depends on the database's or the process's time zone. */
export const SESSION_SETTINGS = {
  timezone: 'UTC',
  intervalstyle: 'iso_8601',
  datestyle: 'ISO',
  extra_float_digits: '1',
} as const;
const SESSION = Object.entries(SESSION_SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

export function openPool({ url, connections = 10, onError = () => {}, slow }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    application_name: APPLICATION_NAME,
    options: SESSION,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    stream: () => new LendingSocket(),
  });
  pool.on('error', onError);
  // A connection that breaks between two statements of a transaction would end the process: its next statement
  // fails all the same.
  pool.on('connect', (client) => {
    client.on('error', () => {});
    if (slow) watchStatements(client, slow);
  });
  return pool;
}

/** Runs `work` in one transaction. A connection whose rollback fails is closed, not given back. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** One client with its own limits, for work that may take long: migrations, jobs. */
export async function withClient<T>(
  url: string,
  options: { statementTimeoutMs: number },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: APPLICATION_NAME,
    options: SESSION,
    connectionTimeoutMillis: PATIENT_CONNECT_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs,
    keepAlive: true,
  });
  // Without a listener a connection lost while idle would end the process; the next query reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Makes a database that sorts by code point and holds all of Unicode, whatever the cluster's defaults. */
export async function createDatabase(url: string, name: string): Promise<void> {
  try {
    await withClient(url, { statementTimeoutMs: 60_000 }, (client) =>
      client.query(
        `create database ${escapeIdentifier(name)} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
      ),
    );
  } catch (error) {
    // Another first start was quicker.
    if (!(await databaseExists(url, name))) throw error;
  }
}

export async function databaseExists(url: string, name: string): Promise<boolean> {
  const { rowCount } = await withClient(url, { statementTimeoutMs: 5_000 }, (client) =>
    client.query('select from pg_database where datname = $1', [name]),
  );
  return rowCount === 1;
}

/** How many connections other servers have to the cluster. */
export async function countServers(url: string): Promise<number> {
  const { rows } = await withClient(url, { statementTimeoutMs: 5_000 }, (client) =>
    client.query<{ servers: number }>(
      `select count(*)::int as servers from pg_stat_activity
       where application_name = $1 and pid <> pg_backend_pid()`,
      [APPLICATION_NAME],
    ),
  );
  return rows[0]!.servers;
}
