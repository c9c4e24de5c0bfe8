/** The preload as it is published: one CommonJS file. Built from the source, so that tests need no build before. */
import { join } from 'node:path';

import { buildSync } from 'esbuild';

/** Builds it into the folder; returns its path. */
export function buildPreload(folder: string): string {
  const outfile = join(folder, 'preload.js');
  buildSync({
    entryPoints: [join(import.meta.dirname, '../../renderer/preload.ts')],
    outfile,
    bundle: true,
    external: ['electron'],
    format: 'cjs',
    target: 'chrome120',
    minifySyntax: true,
  });
  return outfile;
}
