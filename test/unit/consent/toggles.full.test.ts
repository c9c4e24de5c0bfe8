import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { openConsent } from '../../../lib/consent.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

test('a thousand toggles in a row end as the last one said, and nothing stays behind', () => {
  const dir = tempDir();
  const configPath = join(dir, 'config.json');
  writeFileSync(configPath, '{"theme":"dark"}');
  const options = { configPath, dataDir: dir, mode: 'opt-out', warn: () => {}, onChange: () => {} } as const;
  const consent = openConsent(options);
  onTestFinished(() => consent.close());
  for (let i = 0; i < 1_000; i += 1) consent.set('telemetry_enabled', i % 2 === 0);
  expect(consent.state().usage).toBe('off');
  expect(JSON.parse(readFileSync(configPath, 'utf8'))).toEqual({ theme: 'dark', telemetry_enabled: false });
  expect(readdirSync(dir).toSorted()).toEqual(['config.json', 'refusals.json']);
  const next = openConsent(options);
  onTestFinished(() => next.close());
  expect(next.state().usage).toBe('off');
});
