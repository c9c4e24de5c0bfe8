import { join, resolve } from 'node:path';

import { expect, test, vi } from 'vitest';

import type { Host, TelemetryOptions } from '../../lib/handle.ts';
import { resolveOptions, type Settings } from '../../lib/options.ts';
import { storiesCatalogue } from '../../lib/record/stories-catalogue.ts';

const dataDir = resolve('somewhere');

function check(options: TelemetryOptions, host: Host = {}): { settings: Settings; warnings: string[] } {
  const warnings: string[] = [];
  const settings = resolveOptions(
    { dataDir, logger: (message) => void warnings.push(message), ...options },
    host,
  );
  return { settings, warnings };
}

test('defaults', () => {
  const { settings, warnings } = check({});
  expect(settings).toMatchObject({
    endpoint: undefined,
    catalogue: storiesCatalogue,
    dataDir,
    configPath: join(dataDir, 'config.json'),
    appVersion: '0.0.0',
    environment: 'production',
    flushIntervalMs: 30_000,
    flushAt: 10,
    maxRecords: 10_000,
    maxBytes: 20_971_520,
    maxAgeDays: 30,
    requestTimeoutMs: 30_000,
    requireNotice: false,
    strict: false,
    consent: 'opt-out',
  });
  expect(settings.osVersion).toBe(settings.platform);
  expect(warnings).toEqual([]);
});

test('the host knows better than the defaults, the app better than the host', () => {
  const host: Host = {
    dataDir: join(dataDir, 'telemetry'),
    configPath: join(dataDir, 'config.json'),
    appVersion: '2.0.0',
    environment: 'development',
  };
  expect(resolveOptions({}, host)).toMatchObject(host);
  const app = { dataDir: join(dataDir, 'own'), appVersion: '2.0.1', environment: 'production' } as const;
  expect(resolveOptions(app, host)).toMatchObject({ ...host, ...app });
});

test('an explicit null country and falsy values stand', () => {
  expect(check({ country: null }).settings.country).toBeNull();
  expect(check({ country: 'JP' }).settings.country).toBe('JP');
});

test('over-long texts are cut, with a warning', () => {
  const { settings, warnings } = check({
    appVersion: '1.0.0-nightly.20260601.💥💥💥',
    platform: 'x'.repeat(51),
  });
  expect(settings.appVersion).toBe('1.0.0-nightly.202606');
  expect(settings.platform).toBe('x'.repeat(50));
  expect(warnings).toEqual([
    'Roost: appVersion is longer than 20 characters and was cut.',
    'Roost: platform is longer than 50 characters and was cut.',
    'Roost: osVersion is longer than 50 characters and was cut.',
  ]);
  expect(check({ appVersion: '💥'.repeat(20) }).warnings).toEqual([]);
});

test('an unknown option is said, and no error', () => {
  const { warnings } = check({ flushInterval: 5 } as TelemetryOptions);
  expect(warnings).toEqual(['Roost: startTelemetry has no option "flushInterval"; it is ignored.']);
});

test.each<[string, object]>([
  ['endpoint', { endpoint: 'telemetry.example.com' }],
  ['endpoint', { endpoint: 'file:///etc' }],
  ['endpoint', { endpoint: 5 }],
  ['ingestKey', { ingestKey: 'two words' }],
  ['ingestKey', { ingestKey: '' }],
  ['catalogue', { catalogue: 'stories' }],
  ['catalogue', { catalogue: null }],
  ['dataDir', { dataDir: '' }],
  ['dataDir', { dataDir: 5 }],
  ['configPath', { configPath: false }],
  ['appVersion', { appVersion: 1 }],
  ['country', { country: 'Germany' }],
  ['country', { country: 'de' }],
  ['environment', { environment: 'staging' }],
  ['flushIntervalMs', { flushIntervalMs: 99 }],
  ['flushIntervalMs', { flushIntervalMs: Number.NaN }],
  ['flushIntervalMs', { flushIntervalMs: 2 ** 31 }],
  ['flushIntervalMs', { flushIntervalMs: '1000' }],
  ['flushAt', { flushAt: 0 }],
  ['maxRecords', { maxRecords: 0 }],
  ['maxBytes', { maxBytes: 65_535 }],
  ['maxAgeDays', { maxAgeDays: 0 }],
  ['requestTimeoutMs', { requestTimeoutMs: 0 }],
  ['transport', { transport: {} }],
  ['transport', { transport: () => {} }],
  ['beforeSend', { beforeSend: 'drop' }],
  ['requireNotice', { requireNotice: 'yes' }],
  ['consent', { consent: 'ask' }],
  ['strict', { strict: 1 }],
  ['onCrashLoop', { onCrashLoop: {} }],
  ['logger', { logger: console }],
])('a wrong %s is an error that names it: %o', (name, options) => {
  expect(() => check(options as TelemetryOptions)).toThrow(
    expect.objectContaining({
      name: 'RoostError',
      code: 'invalid_option',
      message: expect.stringMatching(new RegExp(`^${name}: expected `)),
    }),
  );
});

test('plain Node must say where', () => {
  expect(() => resolveOptions({}, {})).toThrow('dataDir: expected the folder for the queue');
});

test('warnings go to the console by default, each kind once, and a broken logger does no harm', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const settings = resolveOptions({ dataDir }, {});
  settings.warn('kind', 'something');
  settings.warn('kind', 'something else');
  expect(warn.mock.calls).toEqual([['Roost: something']]);
  warn.mockRestore();
  const broken = resolveOptions(
    {
      dataDir,
      logger() {
        throw new Error('full');
      },
    },
    {},
  );
  expect(() => broken.warn('kind', 'something')).not.toThrow();
});
