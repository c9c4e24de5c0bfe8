import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { expect, test } from 'vitest';

import { english } from '../../../renderer/elements/english.ts';
import { spanish } from '../../../renderer/elements/spanish.ts';
import { chooseTexts } from '../../../renderer/elements/texts.ts';

test('is small: at most 15 KB gzip, both languages included', async () => {
  const { outputFiles } = await build({
    entryPoints: ['renderer/elements/index.ts'],
    bundle: true,
    format: 'esm',
    write: false,
  });
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThanOrEqual(15 * 1024);
});

test('can be imported where there is no page', async () => {
  await expect(import('../../../renderer/elements/index.ts')).resolves.toHaveProperty('RoostSettings');
});

test('every language has every text, with the same places to fill in', () => {
  const places = (value: unknown): unknown => {
    if (typeof value === 'string') return [...value.matchAll(/\{\w+\}/g)].map(String).sort();
    if (Array.isArray(value)) return value.length;
    return typeof value === 'object' && value ? Object.keys(value).sort() : value;
  };
  for (const [key, value] of Object.entries(english)) {
    const other: unknown = Object.entries(spanish).find(([name]) => name === key)?.[1];
    expect([key, places(other)]).toEqual([key, places(value)]);
  }
});

test('counts, sizes and times follow the language', () => {
  const texts = chooseTexts({ language: 'de', app: 'Stories', overrides: { copy: 'Kopieren' } });
  expect(texts.text('copy')).toBe('Kopieren');
  expect(texts.size(1_234_567)).toBe('1,2 MB');
  expect(texts.count('eventCount', 1)).toBe('1 usage event');
  expect(texts.dropReason('never_heard_of')).toBe('never heard of');
});
