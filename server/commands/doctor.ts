/** `roost-server doctor`: settings, database, clock, keys, jobs, and a round trip. */
import { parseArgs } from 'node:util';

import { pino } from 'pino';

import { buildApp } from '../app.ts';
import { ConfigError, type ServerConfig, readConfig } from '../config.ts';
import { openDatabase } from '../database.ts';
import { examineDatabase } from '../doctor/examine-database.ts';
import { examineSettings } from '../doctor/examine-settings.ts';
import { type Finding, bad, formatFinding } from '../doctor/finding.ts';
import { type Answer, type Ask, tryRoundTrip } from '../doctor/try-round-trip.ts';
import { openPool } from '../store/pool.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/** Prints a line for each finding. Exit code 1 where something is bad; warnings leave it 0. */
export async function doctorCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { url: { type: 'string' } } });
  if (values.url !== undefined && !URL.canParse(values.url)) {
    throw new ConfigError('--url: expected an address such as https://telemetry.example.com');
  }
  let failed = false;
  for await (const finding of examine(values.url)) {
    console.log(formatFinding(finding));
    failed ||= finding.level === 'bad';
  }
  if (failed) process.exitCode = 1;
}

async function* examine(url: string | undefined): AsyncGenerator<Finding> {
  let config: ServerConfig;
  try {
    config = readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield bad('settings', error.message);
    return;
  }
  yield* examineSettings(config);
  let database;
  try {
    database = await openDatabase(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield bad('database', error.message);
    return;
  }
  try {
    const findings = await examineDatabase(database.url, config);
    yield* findings;
    if (url !== undefined) yield* await tryRoundTrip(askOver(url), config);
    else if (
      findings.every(({ level, subject }) => level !== 'bad' && (subject !== 'schema' || level === 'good'))
    ) {
      yield* await tryHere(database.url, config);
    }
  } finally {
    await database.close();
  }
}

/** Through the whole application, but no network. */
async function tryHere(databaseUrl: string, config: ServerConfig): Promise<Finding[]> {
  const pool = openPool({ url: databaseUrl, connections: 3 });
  const app = await buildApp({ config, pool, logger: pino({ level: 'silent' }) });
  try {
    return await tryRoundTrip(async ({ method, path, headers, body }) => {
      const answer = await app.inject({ method, url: path, headers, ...(body !== undefined && { body }) });
      return { status: answer.statusCode, body: answer.json<unknown>() };
    }, config);
  } finally {
    await app.close();
    await pool.end();
  }
}

function askOver(address: string): Ask {
  const base = address.replace(/\/+$/, '');
  return async ({ method, path, headers, body }): Promise<Answer> => {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const init = {
      method,
      headers,
      signal,
      redirect: 'manual' as const,
      ...(body !== undefined && { body }),
    };
    const response = await fetch(`${base}${path}`, init).catch((error: unknown) => {
      throw new Error(`${base}${path}: ${reasonOf(error)}`, { cause: error });
    });
    const text = await response.text();
    const date = new Date(response.headers.get('date') ?? NaN);
    return {
      status: response.status,
      body: parse(text),
      ...(!Number.isNaN(date.getTime()) && { date }),
    };
  };
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
