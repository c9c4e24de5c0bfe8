/** What `startTelemetry` was given, checked and completed. Wrong options are errors that name them; nothing is repaired silently. */
import { join, resolve } from 'node:path';

import { checkEndpoint, checkKey } from './delivery/endpoint.ts';
import type { Transport } from './delivery/transport.ts';
import type { BeforeSend, Host, TelemetryOptions } from './handle.ts';
import { detectPlatform } from './platform.ts';
import type { Catalogue } from './record/catalogue.ts';
import { codePointLength } from './record/bounded-text.ts';
import { ENVIRONMENTS, type Environment } from './record/environment.ts';
import { RoostError } from './record/errors.ts';
import { MAX_APP_VERSION_LENGTH, MAX_OS_VERSION_LENGTH, MAX_PLATFORM_LENGTH } from './record/limits.ts';
import { storiesCatalogue } from './record/stories-catalogue.ts';
import { createWarn, type Warn } from './warn.ts';

/** The options, complete. Units and meanings as in `TelemetryOptions`. */
export interface Settings {
  readonly endpoint: string | undefined;
  readonly ingestKey: string | undefined;
  readonly catalogue: Catalogue;
  readonly dataDir: string;
  readonly configPath: string;
  readonly appVersion: string;
  readonly platform: string;
  readonly osVersion: string;
  /** Undefined: asked of the time zone. */
  readonly country: string | null | undefined;
  readonly environment: Environment;
  readonly flushIntervalMs: number;
  readonly flushAt: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxAgeDays: number;
  readonly requestTimeoutMs: number;
  readonly transport: Transport | undefined;
  readonly beforeSend: BeforeSend | undefined;
  readonly requireNotice: boolean;
  readonly consent: 'opt-out' | 'opt-in';
  readonly strict: boolean;
  readonly onCrashLoop: () => void;
  readonly warn: Warn;
}

/** What `setTimeout` can wait, about 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Default, least and greatest value of each number. */
const NUMBERS = {
  flushIntervalMs: { default: 30_000, min: 100, max: LONGEST_TIMER_MS },
  flushAt: { default: 10, min: 1, max: Number.MAX_SAFE_INTEGER },
  maxRecords: { default: 10_000, min: 1, max: Number.MAX_SAFE_INTEGER },
  maxBytes: { default: 20 * 2 ** 20, min: 65_536, max: Number.MAX_SAFE_INTEGER },
  maxAgeDays: { default: 30, min: 1, max: 36_500 },
  requestTimeoutMs: { default: 30_000, min: 100, max: LONGEST_TIMER_MS },
} as const;

const CHOICES = {
  environment: ENVIRONMENTS,
  consent: ['opt-out', 'opt-in'],
} as const;

const KINDS = {
  endpoint: 'string',
  ingestKey: 'string',
  dataDir: 'string',
  configPath: 'string',
  appVersion: 'string',
  platform: 'string',
  osVersion: 'string',
  catalogue: 'object',
  transport: 'object',
  beforeSend: 'function',
  onCrashLoop: 'function',
  logger: 'function',
  requireNotice: 'boolean',
  strict: 'boolean',
} as const;

const NAMES = new Set([...Object.keys(NUMBERS), ...Object.keys(CHOICES), ...Object.keys(KINDS), 'country']);

/** Throws `RoostError` `invalid_option`. */
export function resolveOptions<C extends Catalogue>(options: TelemetryOptions<C>, host: Host): Settings {
  checkTypes(options);
  const warn = createWarn(options.logger ?? ((message) => console.warn(message)));
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) warn(`option_${name}`, `startTelemetry has no option "${name}"; it is ignored.`);
  }
  const dataDir = options.dataDir ?? host.dataDir;
  if (!dataDir) throw wrong('dataDir', 'the folder for the queue');
  const platform = options.platform ?? detectPlatform();
  return {
    endpoint: options.endpoint === undefined ? undefined : checkEndpoint(options.endpoint),
    ingestKey: checkKey(options.ingestKey),
    catalogue: options.catalogue ?? storiesCatalogue,
    dataDir: resolve(dataDir),
    configPath: resolve(options.configPath ?? host.configPath ?? join(dataDir, 'config.json')),
    appVersion: cut(
      'appVersion',
      options.appVersion ?? host.appVersion ?? '0.0.0',
      MAX_APP_VERSION_LENGTH,
      warn,
    ),
    platform: cut('platform', platform, MAX_PLATFORM_LENGTH, warn),
    osVersion: cut('osVersion', options.osVersion ?? platform, MAX_OS_VERSION_LENGTH, warn),
    country: options.country,
    environment: options.environment ?? host.environment ?? 'production',
    ...numbers(options),
    transport: options.transport,
    beforeSend: options.beforeSend,
    requireNotice: options.requireNotice ?? false,
    consent: options.consent ?? 'opt-out',
    strict: options.strict ?? false,
    onCrashLoop: options.onCrashLoop ?? (() => {}),
    warn,
  };
}

function checkTypes(options: object): void {
  if (typeof options !== 'object' || options === null) throw wrong('options', 'an object');
  const given = options as Record<string, unknown>;
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = given[name];
    if (value !== undefined && (typeof value !== kind || value === null)) throw wrong(name, `a ${kind}`);
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = given[name];
    if (value !== undefined && !(choices as readonly unknown[]).includes(value)) {
      throw wrong(name, choices.join(' or '));
    }
  }
  for (const [name, { min, max }] of Object.entries(NUMBERS)) {
    const value = given[name];
    if (value !== undefined && !(typeof value === 'number' && value >= min && value <= max)) {
      throw wrong(name, `a number from ${min} to ${max}`);
    }
  }
  const { country, transport } = given;
  if (
    country !== undefined &&
    country !== null &&
    !(typeof country === 'string' && /^[A-Z]{2}$/.test(country))
  ) {
    throw wrong('country', 'two capital letters, or null');
  }
  if (transport !== undefined && typeof (transport as Partial<Transport>).send !== 'function') {
    throw wrong('transport', 'an object with a method send');
  }
}

function numbers(
  options: Partial<Record<keyof typeof NUMBERS, number>>,
): Record<keyof typeof NUMBERS, number> {
  const entries = Object.entries(NUMBERS) as [keyof typeof NUMBERS, { default: number }][];
  return Object.fromEntries(
    entries.map(([name, bounds]) => [name, options[name] ?? bounds.default]),
  ) as Record<keyof typeof NUMBERS, number>;
}

function cut(name: string, text: string, max: number, warn: Warn): string {
  if (codePointLength(text) <= max) return text;
  warn(`long_${name}`, `${name} is longer than ${max} characters and was cut.`);
  return Array.from(text).slice(0, max).join('');
}

function wrong(name: string, expected: string): RoostError {
  return new RoostError('invalid_option', `${name}: expected ${expected}`);
}
