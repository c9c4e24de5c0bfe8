/** Consent on real files, changed by others while it is open. */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { openConsent, type Consent, type ConsentOptions, type ConsentState } from '../../../lib/consent.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

interface Opened extends Consent {
  config: string;
  dataDir: string;
  warnings: string[];
  changes: ConsentState[];
}

function open(content?: string, changes: Partial<ConsentOptions> = {}): Opened {
  const dir = tempDir();
  const config = changes.configPath ?? join(dir, 'config.json');
  const dataDir = changes.dataDir ?? join(dir, 'telemetry');
  mkdirSync(dataDir, { recursive: true });
  if (content !== undefined) writeFileSync(config, content);
  const warnings: string[] = [];
  const seen: ConsentState[] = [];
  const consent = openConsent({
    configPath: config,
    dataDir,
    mode: 'opt-out',
    warn: (kind) => void warnings.push(kind),
    onChange: (state) => void seen.push(state),
    ...changes,
  });
  onTestFinished(() => consent.close());
  return Object.assign(consent, { config, dataDir, warnings, changes: seen });
}

/** The same files, opened by the next run. */
function reopen({ config, dataDir }: Opened): Opened {
  return open(undefined, { configPath: config, dataDir });
}

const flags = (consent: Consent): string => `${consent.state().usage}/${consent.state().crashes}`;
const within = { timeout: 20_000, interval: 20 };

test.each([
  [undefined, 'on/on'],
  ['{}', 'on/on'],
  ['{"telemetry_enabled":true,"crash_reports_enabled":false}', 'on/off'],
  ['{"telemetry_enabled":false}', 'off/on'],
  ['{"telemetry_enabled":"no"}', 'unknown/unknown'],
  ['', 'unknown/unknown'],
])('config.json %s means %s', (content, expected) => {
  expect(flags(open(content))).toBe(expected);
});

test('opt-in: nothing without a yes, each flag its own', () => {
  const consent = open('{}', { mode: 'opt-in' });
  expect(flags(consent)).toBe('off/off');
  consent.set('telemetry_enabled', true);
  expect(flags(consent)).toBe('on/off');
});

test('the toggles write the file, and keep what others wrote', () => {
  const consent = open('{"theme":"dark"}');
  consent.set('telemetry_enabled', false);
  consent.set('crash_reports_enabled', false);
  consent.set('crash_reports_enabled', true);
  expect(flags(consent)).toBe('off/on');
  expect(JSON.parse(readFileSync(consent.config, 'utf8'))).toEqual({
    theme: 'dark',
    telemetry_enabled: false,
    crash_reports_enabled: true,
  });
  expect(consent.changes).toHaveLength(3);
});

test('the notice is recorded with its moment', () => {
  const consent = open('{}');
  expect(consent.state().noticeShown).toBe(false);
  consent.setNoticeShown();
  expect(consent.state().noticeShown).toBe(true);
  const { telemetry_notice_shown_at } = JSON.parse(readFileSync(consent.config, 'utf8'));
  expect(new Date(telemetry_notice_shown_at).toISOString()).toBe(telemetry_notice_shown_at);
});

test('a change by another process is seen: written in place, replaced, removed', async () => {
  const consent = open('{"telemetry_enabled":true}');
  writeFileSync(consent.config, '{"telemetry_enabled":false}');
  await expect.poll(() => flags(consent), within).toBe('off/on');
  writeFileSync(`${consent.config}.new`, '{"telemetry_enabled":true,"crash_reports_enabled":false}');
  renameSync(`${consent.config}.new`, consent.config);
  await expect.poll(() => flags(consent), within).toBe('on/off');
  rmSync(consent.config);
  await expect.poll(() => flags(consent), within).toBe('on/off'); // the refusal is remembered
  writeFileSync(consent.config, '{"crash_reports_enabled":true}');
  await expect.poll(() => flags(consent), within).toBe('on/on');
});

test('a change behind a link is seen', async () => {
  const target = join(tempDir(), 'real.json');
  writeFileSync(target, '{}');
  const link = join(tempDir(), 'config.json');
  symlinkSync(target, link);
  const consent = open(undefined, { configPath: link });
  writeFileSync(target, '{"telemetry_enabled":false}');
  await expect.poll(() => flags(consent), within).toBe('off/on');
});

test('a file whose folder comes later is seen', async () => {
  const dir = join(tempDir(), 'later');
  const consent = open(undefined, { configPath: join(dir, 'config.json') });
  mkdirSync(dir);
  writeFileSync(consent.config, '{"telemetry_enabled":false}');
  await expect.poll(() => flags(consent), within).toBe('off/on');
});

test('refresh sees a change at once, even of the same size in the same moment', () => {
  const consent = open('{"telemetry_enabled": true}');
  for (const enabled of [false, true, false, true, false]) {
    writeFileSync(consent.config, `{"telemetry_enabled":${enabled ? ' true' : 'false'}}`);
    consent.refresh();
    expect(consent.state().usage).toBe(enabled ? 'on' : 'off');
  }
});

test('a half-written file pauses, and the whole one decides', async () => {
  const consent = open('{"telemetry_enabled":true}');
  writeFileSync(consent.config, '{"telemetry_en');
  await expect.poll(() => flags(consent), within).toBe('unknown/unknown');
  expect(consent.problems()).toHaveLength(1);
  expect(consent.warnings).toEqual(['config_in_doubt']);
  writeFileSync(consent.config, '{"telemetry_enabled":true}');
  await expect.poll(() => flags(consent), within).toBe('on/on');
  expect(consent.problems()).toEqual([]);
});

test('a stale object saved over the refusal does not undo it, also after a restart', () => {
  const consent = open('{"theme":"dark"}');
  consent.set('telemetry_enabled', false);
  writeFileSync(consent.config, '{"theme":"light"}');
  consent.refresh();
  expect(flags(consent)).toBe('off/on');
  rmSync(consent.config);
  expect(flags(reopen(consent))).toBe('off/on');
});

test('a refusal in the file is remembered too, and true lifts it for good', () => {
  const first = open('{"telemetry_enabled":false}');
  writeFileSync(first.config, '{}');
  const second = reopen(first);
  expect(flags(second)).toBe('off/on');
  writeFileSync(first.config, '{"telemetry_enabled":true}');
  second.refresh();
  expect(flags(second)).toBe('on/on');
  writeFileSync(first.config, '{}');
  second.refresh();
  expect(flags(second)).toBe('on/on');
});

test('a refusal in doubt counts at once, and is written when the file can be read again', () => {
  const consent = open('{"telemetry_enabled":true');
  consent.set('telemetry_enabled', false);
  expect(flags(consent)).toBe('off/unknown');
  expect(readFileSync(consent.config, 'utf8')).toBe('{"telemetry_enabled":true');
  const next = reopen(consent);
  expect(flags(next)).toBe('off/unknown');
  writeFileSync(consent.config, '{"telemetry_enabled":true,"theme":"dark"}');
  next.refresh();
  expect(flags(next)).toBe('off/on');
  expect(JSON.parse(readFileSync(consent.config, 'utf8'))).toEqual({
    telemetry_enabled: false,
    theme: 'dark',
  });
});

test('a permission in doubt counts for nothing, and the file is not overwritten', () => {
  const consent = open('{"telemetry_enabled":');
  consent.set('telemetry_enabled', true);
  expect(flags(consent)).toBe('unknown/unknown');
  expect(readFileSync(consent.config, 'utf8')).toBe('{"telemetry_enabled":');
  expect(consent.warnings).toContain('config_unwritable');
});

test('a memory of refusals that cannot be understood refuses what the file does not allow', () => {
  const consent = open('{"crash_reports_enabled":true}');
  writeFileSync(join(consent.dataDir, 'refusals.json'), '{{{');
  expect(flags(reopen(consent))).toBe('off/on');
});

test('toggles in a row end as the last one said', () => {
  const consent = open('{"theme":"dark"}');
  for (let i = 0; i < 50; i += 1) consent.set('telemetry_enabled', i % 2 === 0);
  expect(consent.state().usage).toBe('off');
  expect(JSON.parse(readFileSync(consent.config, 'utf8'))).toEqual({
    theme: 'dark',
    telemetry_enabled: false,
  });
  expect(flags(reopen(consent))).toBe('off/on');
});

test('two handles on one file stay in step', async () => {
  const one = open('{}');
  const other = reopen(one);
  one.set('telemetry_enabled', false);
  await expect.poll(() => other.state().usage, within).toBe('off');
  other.set('telemetry_enabled', true);
  await expect.poll(() => one.state().usage, within).toBe('on');
});
