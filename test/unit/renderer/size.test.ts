import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';

import { buildPreload } from '../../electron/preload-file.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

it('the renderer entry stays below 3 KB gzip', () => {
  const { outputFiles } = buildSync({
    entryPoints: ['renderer/index.ts'],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'chrome120',
  });
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(3 * 1024);
});

it('the preload requires electron and nothing else, and is small', () => {
  const source = readFileSync(buildPreload(tempDir()), 'utf8');
  expect([...source.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
  expect(source).not.toMatch(/^import |^export /m);
  expect(gzipSync(source).length).toBeLessThan(3 * 1024);
});
