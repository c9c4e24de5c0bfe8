/** Builds the Stories app into `demo/dist`, as an app's own bundler would: main as ESM, preload as one CommonJS file. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { build, type BuildOptions } from 'esbuild';

/** Resolves with the folder of the built app. The library itself must have been built before. */
export async function buildStories(): Promise<string> {
  const app = join(import.meta.dirname, 'app');
  const outdir = join(import.meta.dirname, 'dist');
  const common: BuildOptions = {
    bundle: true,
    absWorkingDir: app,
    outdir,
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  await Promise.all([
    build({
      ...common,
      entryPoints: { main: 'main/index.ts' },
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external', // Roost stays a package, with its native module beside it
    }),
    build({
      ...common,
      entryPoints: { preload: 'preload.ts' },
      outExtension: { '.js': '.cjs' },
      platform: 'browser',
      format: 'cjs',
      external: ['electron'],
    }),
    build({
      ...common,
      entryPoints: { page: 'page/page.ts' },
      platform: 'browser',
      format: 'esm',
      target: 'chrome124',
    }),
  ]);
  for (const file of ['index.html', 'page.css']) cpSync(join(app, 'page', file), join(outdir, file));
  return outdir;
}
