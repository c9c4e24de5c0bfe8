/**
 * What the compiler says about calls of `track`, by compiling them: a call that must not compile is a test as well,
 * with the words of the error.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

const PREAMBLE = `
  import { defineCatalogue } from '../../../lib/record/index.ts';
  import { startTelemetry } from '../../../lib/index.ts';
  import { TelemetryClient } from '../../../renderer/index.ts';

  const photos = defineCatalogue({
    photo_exported: {
      purpose: 'Which formats are wanted.',
      properties: {
        format: { type: 'enum', values: ['jpeg', 'png'], required: true },
        duration_seconds: { type: 'number', min: 0 },
        faces_count: { type: 'integer' },
      },
    },
    gallery_opened: { purpose: 'How often it is used.', properties: { cold: { type: 'boolean' } } },
  });
  const main = startTelemetry({ catalogue: photos, dataDir: '/nowhere' });
  const stories = startTelemetry({ dataDir: '/nowhere' });
  const page = new TelemetryClient<typeof photos>();
  const storiesPage = new TelemetryClient();
`;

/** Call → the error that it must give; null: none. */
const CALLS: [call: string, error: RegExp | null][] = [
  ["main.track('photo_exported', { format: 'png', duration_seconds: 1.5 })", null],
  ["main.track('gallery_opened')", null],
  ["main.track('gallery_opened', {})", null],
  ["main.track('gallery_opened', { cold: undefined })", null],
  ["page.track('photo_exported', { format: 'jpeg', faces_count: 2 })", null],
  [
    "stories.track('recording_completed', { audio_duration_seconds: 2, source: 'widget', success: true })",
    null,
  ],
  ["storiesPage.track('dictionary_used', { count: 1 })", null],
  ["main.track('photo_export', { format: 'png' })", /"photo_export"/],
  ["main.track('photo_exported')", /Expected 2 arguments/],
  ["main.track('photo_exported', { duration_seconds: 1 })", /Property 'format' is missing/],
  ["main.track('photo_exported', { format: 'gif' })", /"gif"/],
  ["main.track('photo_exported', { format: 'png', duration_seconds: '1' })", /'string' is not assignable/],
  ["main.track('photo_exported', { format: 'png', album: 'Lisbon' })", /'album' does not exist/],
  ["page.track('photo_exported', { format: 'gif' })", /"gif"/],
  ["page.track('recording_started', { source: 'widget' })", /"recording_started"/],
  ["stories.track('feature_toggled', { feature: 'dark_mode', enabled: true })", /"dark_mode"/],
  ["storiesPage.track('recording_started', { source: 'menu' })", /"menu"/],
];

let folder: string;
/** By line of the compiled file. */
const errors = new Map<number, string>();
const firstLine = PREAMBLE.split('\n').length;

beforeAll(() => {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'typed-tracking-'));
  writeFileSync(join(folder, 'calls.ts'), PREAMBLE + CALLS.map(([call]) => `${call};\n`).join(''));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', files: ['calls.ts'], include: [], exclude: [] }),
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  for (const line of stdout.split('\n')) {
    const found = /^calls\.ts\((\d+),\d+\): error (.*)$/.exec(line);
    if (found) errors.set(Number(found[1]), found[2]!);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('names and properties come from the catalogue', () => {
  test.for(CALLS.map(([call, error], index) => ({ call, error, index })))('$call', ({ error, index }) => {
    const said = errors.get(firstLine + index);
    if (error) expect(said).toMatch(error);
    else expect(said).toBeUndefined();
  });
});
