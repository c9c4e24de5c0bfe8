/** Builds the Stories app into `demo/dist`, as an app's own bundler would: main as ESM, preload as one CommonJS file. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build, type BuildOptions } from 'esbuild';

/** Resolves with the folder of the built app. The library itself must have been built before. */
export async function buildStories(outdir = join(import.meta.dirname, 'dist')): Promise<string> {
  const app = join(import.meta.dirname, 'app');
  const common: BuildOptions = {
    bundle: true,
    absWorkingDir: app,
    outdir,
    sourcemap: 'linked',
    logLevel: 'warning',
    logOverride: { 'ignored-bare-import': 'silent' }, // shared parts of the library that only export
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
      format: 'iife', // a browser loads no modules from files
      target: 'chrome124',
    }),
  ]);
  for (const file of ['index.html', 'page.css', 'panels.css']) {
    cpSync(join(app, 'page', file), join(outdir, file));
  }
  const about = {
    name: 'stories',
    productName: 'Stories',
    version: '1.0.0',
    type: 'module',
    main: 'main.js',
  };
  writeFileSync(join(outdir, 'package.json'), JSON.stringify(about, null, 2));
  // As `npm install` in an app would put it there.
  const installed = join(outdir, 'node_modules', '@roost-telemetry');
  mkdirSync(installed, { recursive: true });
  rmSync(join(installed, 'electron'), { force: true });
  symlinkSync(join(import.meta.dirname, '..'), join(installed, 'electron'), 'junction');
  return outdir;
}
