/** The server's settings: environment variables, checked once at start. */
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';

import * as z from 'zod';

import { type Catalogue, defineCatalogue } from '../lib/record/catalogue.ts';
import { storiesCatalogue } from '../lib/record/stories-catalogue.ts';

export interface ServerConfig {
  /** Null: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  host: string;
  port: number;
  /** Empty: everybody may send. */
  ingestKeys: string[];
  dashboardUser: string;
  dashboardPassword: string;
  /** True where the password was made at this start, so that it has to be told. */
  passwordMade: boolean;
  corsOrigins: string[];
  /** Number of proxies in front. */
  trustProxy: number;
  /** Requests a minute from one address on the ingest routes; 0: no limit. */
  rateLimit: number;
  retentionDays: number;
  catalogue: Catalogue;
  /** MiB; a warning is logged at 80 % of it. Null: no limit known. */
  databaseSizeLimitMb: number | null;
  /** UTC day on which the host takes the database away, as free ones end; told ten days ahead. Null: never. */
  databaseExpiresOn: string | null;
  /** Where links in mails and webhooks lead; null: to `host` and `port`. */
  publicUrl: string | null;
  smtpUrl: string | null;
  /** Sender of mails. Null: the user of `smtpUrl` where it is an address, else roost at its host. */
  mailFrom: string | null;
  /** Addresses of the weekly report. */
  reportTo: string[];
  /** When the weekly report is sent, UTC; `weekday` 0 is Sunday. */
  reportWeekday: number;
  reportTime: { hour: number; minute: number };
  /** Addresses that alerts go to. */
  alertTo: string[];
  alertWebhookUrl: string | null;
  /** Key of the webhook's signature; null: not signed. */
  alertWebhookSecret: string | null;
  /** Share of failed transcriptions that raises an alert. */
  alertErrorRate: number;
  /** Transcriptions in the window, and users of a version, below which nothing is concluded. */
  alertMinCount: number;
  /** Minutes that the error rate is computed over. */
  alertWindowMinutes: number;
  /** How much lower the crash-free rate of a new version may be than that of the one before, as a share. */
  alertCrashFreeDrop: number;
  /** Minutes without a record that raise an alert. Null: learned from the last two weeks. */
  alertSilenceMinutes: number | null;
  /** Milliseconds from which on a statement to the database is logged; 0: none is. */
  slowQueryMs: number;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** A setting that the server cannot start with. The message names the setting and says what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** In the order of `Date.getUTCDay`. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

/** One bare address: no line break, no second address, nothing that ends a header. */
export function isMailAddress(text: string): boolean {
  return /^[^\s@<>()[\],;:"\\\p{Cc}]{1,64}@[\p{L}\p{N}.-]{1,253}$/u.test(text);
}

const url = (protocols: RegExp, expected: string, isGood: (url: URL) => boolean = () => true) =>
  z.string().refine((text) => {
    const parsed = URL.parse(text);
    return parsed !== null && protocols.test(parsed.protocol) && isGood(parsed);
  }, expected);
/** Programs that take the parts of an address out of it throw at one that is not percent-encoded. */
const isPercentEncoded = ({ username, password }: URL): boolean =>
  [username, password].every((part) => !/%(?![\da-f]{2})/i.test(part));
const hasNoCredentials = ({ username, password }: URL): boolean => username === '' && password === '';
const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected a whole number from ${min} to ${max}`);
const share = z
  .string()
  .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'expected a share from 0 to 1, such as 0.10')
  .transform(Number);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const settings = z.object({
  DATABASE_URL: url(
    /^postgres(ql)?:$/,
    'expected a URL such as postgres://user:password@host:5432/name',
  ).optional(),
  EMBEDDED_DATABASE: z.enum(['yes', 'no'], 'expected yes or no').optional(),
  DATA_DIR: z.string().default('.roost'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(8787),
  INGEST_KEYS: list
    // Commas alone must not open the server to everybody.
    .refine((keys) => keys.length > 0, 'expected a key, or nothing at all: everybody may send then')
    .refine(
      (keys) => keys.every((key) => /^[\x21-\x7e]+$/.test(key)),
      'expected keys of letters, digits and signs without spaces, separated by commas',
    )
    .default([]),
  DASHBOARD_USER: z
    .string()
    .refine((text) => !text.includes(':'), 'expected a name without a colon')
    .optional(),
  DASHBOARD_PASSWORD: z.string().optional(),
  CORS_ORIGINS: list
    .refine(
      (origins) =>
        origins.every(
          (origin) => origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin),
        ),
      'expected origins such as https://app.example.com, separated by commas',
    )
    .default([]),
  TRUST_PROXY: integer(0, 32).default(0),
  RATE_LIMIT: integer(0, 999_999_999).default(600),
  RETENTION_DAYS: integer(1, 36_500).default(365),
  CATALOGUE: z.string().optional(),
  DATABASE_SIZE_LIMIT_MB: integer(1, 999_999_999).optional(),
  DATABASE_EXPIRES_ON: z.iso.date('expected a day such as 2026-07-31').optional(),
  PUBLIC_URL: url(
    /^https?:$/,
    'expected a URL such as https://telemetry.example.com, without a query',
    (parsed) => hasNoCredentials(parsed) && parsed.search === '' && parsed.hash === '',
  ).optional(),
  SMTP_URL: url(
    /^smtps?:$/,
    'expected a URL such as smtps://user:password@mail.example.com, with %40 for an @ in the name',
    (parsed) => parsed.hostname !== '' && isPercentEncoded(parsed),
  ).optional(),
  MAIL_FROM: z.string().refine(isMailAddress, 'expected an address such as roost@example.com').optional(),
  REPORT_TO: list.default([]),
  REPORT_WEEKDAY: z.enum(WEEKDAYS, 'expected monday, tuesday, … or sunday').default('monday'),
  REPORT_TIME: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, UTC, such as 08:00')
    .default('08:00'),
  ALERT_TO: list.optional(),
  ALERT_WEBHOOK_URL: url(
    /^https?:$/,
    'expected an http or https URL, without name and password',
    hasNoCredentials,
  ).optional(),
  ALERT_WEBHOOK_SECRET: z.string().optional(),
  ALERT_ERROR_RATE: share.default(0.1),
  ALERT_MIN_COUNT: integer(1, 999_999_999).default(20),
  ALERT_WINDOW_MINUTES: integer(1, 10_080).default(60),
  ALERT_CRASH_FREE_DROP: share.default(0.01),
  ALERT_SILENCE_MINUTES: integer(5, 100_000).optional(),
  SLOW_QUERY_MS: integer(0, 3_600_000).default(1_000),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'expected fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
});

export const SETTING_NAMES: readonly string[] = Object.keys(settings.shape);

/** Reads the settings. Throws `ConfigError` for the first wrong one; an empty variable counts as unset. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ServerConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = settings.safeParse(given);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new ConfigError(`${String(issue.path[0])}: ${issue.message}`);
  }
  const env = result.data;
  const loopback = isLoopback(env.HOST);
  if (!loopback) refuseOpenDefaults(env);
  const embedded = env.DATABASE_URL === undefined;
  if (embedded && env.EMBEDDED_DATABASE === 'no') {
    throw new ConfigError('DATABASE_URL: must be set, as EMBEDDED_DATABASE is no');
  }
  if (!embedded && env.EMBEDDED_DATABASE === 'yes') {
    throw new ConfigError('EMBEDDED_DATABASE: is yes, but DATABASE_URL names another: take one of them away');
  }
  return {
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: env.DATA_DIR,
    host: env.HOST,
    port: env.PORT,
    ingestKeys: env.INGEST_KEYS,
    dashboardUser: env.DASHBOARD_USER ?? 'admin',
    dashboardPassword: env.DASHBOARD_PASSWORD ?? randomBytes(15).toString('base64url'),
    passwordMade: env.DASHBOARD_PASSWORD === undefined,
    corsOrigins: env.CORS_ORIGINS,
    trustProxy: env.TRUST_PROXY,
    rateLimit: env.RATE_LIMIT,
    retentionDays: env.RETENTION_DAYS,
    catalogue: env.CATALOGUE === undefined ? storiesCatalogue : readCatalogue(env.CATALOGUE),
    databaseSizeLimitMb: env.DATABASE_SIZE_LIMIT_MB ?? null,
    databaseExpiresOn: env.DATABASE_EXPIRES_ON ?? null,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    smtpUrl: env.SMTP_URL ?? null,
    mailFrom: env.MAIL_FROM ?? null,
    reportTo: env.REPORT_TO,
    reportWeekday: WEEKDAYS.indexOf(env.REPORT_WEEKDAY),
    reportTime: { hour: Number(env.REPORT_TIME.slice(0, 2)), minute: Number(env.REPORT_TIME.slice(3)) },
    alertTo: env.ALERT_TO ?? env.REPORT_TO,
    alertWebhookUrl: env.ALERT_WEBHOOK_URL ?? null,
    alertWebhookSecret: env.ALERT_WEBHOOK_SECRET ?? null,
    alertErrorRate: env.ALERT_ERROR_RATE,
    alertMinCount: env.ALERT_MIN_COUNT,
    alertWindowMinutes: env.ALERT_WINDOW_MINUTES,
    alertCrashFreeDrop: env.ALERT_CRASH_FREE_DROP,
    alertSilenceMinutes: env.ALERT_SILENCE_MINUTES ?? null,
    slowQueryMs: env.SLOW_QUERY_MS,
    logLevel: env.LOG_LEVEL,
  };
}

/** Beyond loopback nothing is made up: no password that only a log knows, no database that nobody asked for. */
function refuseOpenDefaults(env: z.output<typeof settings>): void {
  for (const name of ['DASHBOARD_USER', 'DASHBOARD_PASSWORD'] as const) {
    if (env[name] === undefined) throw new ConfigError(`${name}: must be set, as HOST is not loopback`);
  }
  if (env.DATABASE_URL === undefined && env.EMBEDDED_DATABASE !== 'yes') {
    throw new ConfigError('DATABASE_URL: must be set (or EMBEDDED_DATABASE=yes), as HOST is not loopback');
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function readCatalogue(path: string): Catalogue {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`CATALOGUE: expected a JSON file, ${path}: ${messageOf(error)}`);
  }
  try {
    return defineCatalogue(content as Catalogue);
  } catch (error) {
    throw new ConfigError(`CATALOGUE: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
