/** A real server on a real database, in this process; for tests. */
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { pino } from 'pino';
import { inject } from 'vitest';

import { buildApp } from '../../server/app.ts';
import { type ServerConfig, readConfig } from '../../server/config.ts';
import { openPool } from '../../server/store/pool.ts';
import { type TestDatabase, createTestDatabase } from './postgres.ts';

export interface TestServerOptions {
  /** On top of: no ingest key, no rate limit, a retention of 100 years. */
  config?: Partial<ServerConfig>;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Of another test server, to share it. Default: a database of its own, dropped at the end. */
  database?: TestDatabase;
  /** Default: logs nothing. */
  logger?: pino.Logger;
}

export interface TestServer {
  /** Origin, on a free loopback port. */
  url: string;
  app: FastifyInstance;
  pool: pg.Pool;
  database: TestDatabase;
  /** Headers of the administrator. */
  adminHeaders: { authorization: string };
  /** Posts JSON and gives status and body of the answer. */
  post(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

const DASHBOARD = { dashboardUser: 'admin', dashboardPassword: 'test-password' };

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await createTestDatabase(inject('postgres')));
  const config: ServerConfig = {
    ...readConfig({ LOG_LEVEL: 'silent', RATE_LIMIT: '0', RETENTION_DAYS: '36500', PORT: '0' }),
    ...DASHBOARD,
    databaseUrl: database.url,
    ...options.config,
  };
  const pool = openPool({ url: database.url, connections: 6 });
  const app = await buildApp({
    config,
    pool,
    logger: options.logger ?? pino({ level: 'silent' }),
    ...(options.now && { now: options.now }),
  });
  const url = await app.listen({ host: config.host, port: config.port });
  const credentials = Buffer.from(`${config.dashboardUser}:${config.dashboardPassword}`).toString('base64');
  return {
    url,
    app,
    pool,
    database,
    adminHeaders: { authorization: `Basic ${credentials}` },
    async post(path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await app.close();
      await pool.end();
      if (!options.database) await database.drop();
    },
  };
}
