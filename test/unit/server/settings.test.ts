/** The settings: what is refused, and that `.env.example` and docs/settings.md say the same as the code. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { ConfigError, SETTING_NAMES, readConfig } from '../../../server/config.ts';
import { shownSettings } from '../../../server/shown-settings.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function failureOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return 'accepted';
}

/** Each setting that can be wrong, in every way it can. */
const WRONG: Record<string, string[]> = {
  DATABASE_URL: ['roost', 'mysql://host/roost', '://'],
  EMBEDDED_DATABASE: ['true', 'YES', '1'],
  PORT: ['abc', '-1', '65536', '80.5', ' 80', '0x50', '1e3'],
  DASHBOARD_USER: ['a:b'],
  INGEST_KEYS: [',', ' , ', 'two words', 'schlüssel', 'a\tb', 'pub_a,pub b'],
  CORS_ORIGINS: ['example.com', 'https://example.com/', 'https://a.example, b', 'null'],
  TRUST_PROXY: ['true', '33', '-1', 'loopback'],
  RATE_LIMIT: ['none', '-1', '1000000000'],
  RETENTION_DAYS: ['0', '36501', 'forever', '30d'],
  CATALOGUE: ['/no/such/file.json', 'package.json'],
  DATABASE_SIZE_LIMIT_MB: ['0', '1 GB'],
  DATABASE_EXPIRES_ON: ['tomorrow', '2026-02-30', '31.07.2026'],
  PUBLIC_URL: [
    'telemetry.example.com',
    'ftp://example.com',
    'https://example.com/?page=1',
    'https://a:b@example.com',
  ],
  SMTP_URL: ['mail.example.com', 'https://mail.example.com', 'smtp://', 'smtps://ann:50%@mail.example.com'],
  MAIL_FROM: ['nobody', 'a@b\nBcc: c@d', 'a@b, c@d'],
  REPORT_WEEKDAY: ['Mon', '1', 'Monday'],
  REPORT_TIME: ['8:00', '24:00', '08:60', '08:00 CET'],
  ALERT_WEBHOOK_URL: ['hooks.example.com', 'file:///tmp', 'https://ann:secret@hooks.example.com'],
  ALERT_ERROR_RATE: ['10%', '1.1', '-0.1', '.5'],
  ALERT_MIN_COUNT: ['0', 'many'],
  ALERT_WINDOW_MINUTES: ['0', '10081'],
  ALERT_CRASH_FREE_DROP: ['1%', '2'],
  ALERT_SILENCE_MINUTES: ['4', '1h'],
  SLOW_QUERY_MS: ['-1', '1s', '3600001'],
  LOG_LEVEL: ['verbose', 'INFO'],
};

/** These are refused nowhere but where they are used: an address to listen on, a folder (test/unit/server/start-failures.test.ts), passwords, addresses of mail. */
const FREE = ['DATA_DIR', 'HOST', 'DASHBOARD_PASSWORD', 'REPORT_TO', 'ALERT_TO', 'ALERT_WEBHOOK_SECRET'];

describe('a wrong setting', { timeout: 120_000 }, () => {
  test.each(Object.entries(WRONG))('%s is named, in one line', (name, values) => {
    for (const value of values) {
      const message = failureOf({ [name]: value });
      expect(message, JSON.stringify(value)).toMatch(new RegExp(`^${name}: .`));
      expect(message).not.toContain('\n');
    }
  });

  test('EMBEDDED_DATABASE=yes beside DATABASE_URL contradicts it', () => {
    expect(failureOf({ EMBEDDED_DATABASE: 'yes', DATABASE_URL: 'postgres://host/roost' })).toMatch(
      /^EMBEDDED_DATABASE: is yes, but DATABASE_URL names another/,
    );
  });

  test('there is none but these that takes any text', () => {
    expect(SETTING_NAMES.filter((name) => !(name in WRONG))).toEqual(FREE);
  });

  test('ends the command with 1, one line and nothing started', async () => {
    const { PATH, SystemRoot } = process.env;
    const run = promisify(execFile)(process.execPath, [join(root, 'server', 'main.ts'), 'serve'], {
      env: { PATH, SystemRoot, PORT: 'abc' },
    });
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'roost-server: PORT: expected a whole number from 0 to 65535\n',
    });
  });
});

describe('.env.example', () => {
  const text = read('.env.example');
  /** Settings behind a # hold their defaults. */
  const all = parseEnv(text.replaceAll(/^# ([A-Z_]+=)/gm, '$1')) as Record<string, string>;

  test('names every setting, and no other', () => {
    expect(
      Object.keys(all)
        .filter((name) => name !== 'POSTGRES_PASSWORD')
        .toSorted(),
    ).toEqual([...SETTING_NAMES].toSorted());
  });

  test('gives the defaults', () => {
    const { dashboardPassword: _made, ...defaults } = readConfig({});
    expect(readConfig(all)).toMatchObject(defaults);
  });
});

test('docs/settings.md has a row for each setting, and for no other', () => {
  const rows = [...read('docs/settings.md').matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]);
  expect(rows.toSorted()).toEqual([...SETTING_NAMES].toSorted());
});

test('the dashboard shows every setting, and no secret', () => {
  const secrets = {
    DATABASE_URL: 'postgres://user:s3cret@db.example/roost',
    SMTP_URL: 'smtps://user:s3cret@mail.example',
    ALERT_WEBHOOK_URL: 'https://hooks.example/s3cret?token=s3cret',
    ALERT_WEBHOOK_SECRET: 's3cret',
    DASHBOARD_PASSWORD: 's3cret',
    INGEST_KEYS: 's3cret',
  };
  const shown = shownSettings(readConfig(secrets));
  const unshown = SETTING_NAMES.filter((name) => !shown.some((setting) => setting.name === name));
  // These two say where the embedded database is; DATABASE_URL tells.
  expect(unshown.toSorted()).toEqual(['DATA_DIR', 'EMBEDDED_DATABASE']);
  expect(JSON.stringify(shown)).not.toContain('s3cret');
});
