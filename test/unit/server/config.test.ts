/** Settings: each wrong one gets a line that names it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readConfig } from '../../../server/config.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const BEYOND = {
  HOST: '0.0.0.0',
  DASHBOARD_USER: 'ann',
  DASHBOARD_PASSWORD: 'secret',
  DATABASE_URL: 'postgres://h/d',
};

test('without any setting: embedded database, loopback, a password made for this run', () => {
  const config = readConfig({});
  expect(config).toMatchObject({
    databaseUrl: null,
    dataDir: '.roost',
    host: '127.0.0.1',
    port: 8787,
    ingestKeys: [],
    dashboardUser: 'admin',
    passwordMade: true,
    corsOrigins: [],
    trustProxy: 0,
    rateLimit: 600,
    retentionDays: 365,
    databaseSizeLimitMb: null,
    alertErrorRate: 0.1,
    slowQueryMs: 1_000,
    logLevel: 'info',
  });
  expect(config.dashboardPassword.length).toBeGreaterThanOrEqual(20);
  expect(config.dashboardPassword).not.toBe(readConfig({}).dashboardPassword);
  expect(Object.keys(config.catalogue)).toContain('recording_completed');
});

test('an empty variable counts as unset; lists are split and trimmed', () => {
  const config = readConfig({ PORT: '', INGEST_KEYS: ' a, b,,c ', CORS_ORIGINS: 'https://a.example' });
  expect(config).toMatchObject({
    port: 8787,
    ingestKeys: ['a', 'b', 'c'],
    corsOrigins: ['https://a.example'],
  });
});

describe('a wrong setting is named', () => {
  test.each([
    ['PORT', '65536'],
    ['PORT', '8787 '],
    ['DATABASE_URL', 'mysql://host/name'],
    ['DATABASE_URL', 'not a url'],
    ['EMBEDDED_DATABASE', 'maybe'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com/path'],
    ['TRUST_PROXY', 'true'],
    ['RATE_LIMIT', '-1'],
    ['RETENTION_DAYS', '0'],
    ['ALERT_ERROR_RATE', '10%'],
    ['SMTP_URL', 'mail.example.com'],
    ['ALERT_WEBHOOK_URL', 'ftp://x'],
    ['DASHBOARD_USER', 'a:b'],
    ['LOG_LEVEL', 'loud'],
    ['CATALOGUE', '/nowhere/catalogue.json'],
  ])('%s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}: [^\n]+$`));
  });

  test('EMBEDDED_DATABASE=no without DATABASE_URL', () => {
    expect(() => readConfig({ EMBEDDED_DATABASE: 'no' })).toThrow(/^DATABASE_URL: /);
  });

  test('a catalogue that is none', () => {
    const path = join(tempDir(), 'catalogue.json');
    writeFileSync(path, '{"opened":{"purpose":"x","properties":{"n":{"type":"number","min":2,"max":1}}}}');
    expect(() => readConfig({ CATALOGUE: path })).toThrow(
      'CATALOGUE: catalogue.opened.properties.n: min is over max',
    );
  });
});

describe('beyond loopback nothing is made up', () => {
  test('all set', () => {
    expect(readConfig(BEYOND)).toMatchObject({ host: '0.0.0.0', passwordMade: false });
    const { DATABASE_URL: _url, ...embedded } = BEYOND;
    expect(readConfig({ ...embedded, EMBEDDED_DATABASE: 'yes' })).toMatchObject({ databaseUrl: null });
  });

  test.each(['DASHBOARD_USER', 'DASHBOARD_PASSWORD', 'DATABASE_URL'])('%s must be set', (name) => {
    for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
      expect(() => readConfig({ ...BEYOND, HOST, [name]: undefined })).toThrow(
        new RegExp(`^${name}: must be set`),
      );
    }
  });

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s is loopback', (HOST) => {
    expect(readConfig({ HOST }).host).toBe(HOST);
  });
});
