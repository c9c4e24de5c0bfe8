/**
 * Builds what is published: the library (ESM, CommonJS, types), the server, the dashboard.
 * `node scripts/build.ts [library] [server] [dashboard]`; without words: all three.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { build, type BuildOptions, type Plugin } from 'esbuild';

import { LICENCES_FILE, thirdPartyLicences } from './third-party-licences.ts';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');
/** Built aside and then renamed, so that a program which runs from `dist` meanwhile never finds half of it. */
const stage = join(root, `dist-${process.pid}`);

/** Entry name → source. `exports` in package.json lists the same names. */
const NODE_ENTRIES = {
  main: 'main-process/index.ts',
  node: 'lib/index.ts',
  transport: 'lib/delivery/index.ts',
  // Runs anywhere; here, so that `RoostError` is one class in Node.
  catalogue: 'lib/record/index.ts',
};
const PAGE_ENTRIES = {
  renderer: 'renderer/index.ts',
  elements: 'renderer/elements/index.ts',
};
/** Files of their own, which the entries load when they first need them. */
const LATER = [
  'lib/delivery/sender.ts',
  'lib/delivery/user-data.ts',
  'lib/delivery/http-transport.ts',
  'lib/delivery/fetch-exchange.ts',
  'lib/delivery/node-exchange.ts',
  'main-process/settings-answers.ts',
  'main-process/minidumps.ts',
];
/** A file of its own, because an error must be of one class whichever entry it came from. */
const SHARED = 'lib/record/errors.ts';
/** Loaded at the first send, or the app's own choice: never part of a bundle. */
const EXTERNAL = ['electron', 'better-sqlite3', 'undici', 'p-retry'];

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  target: 'es2022',
  // For whoever has a stack trace of a release and its tag; no package carries them (docs/releasing.md).
  sourcemap: 'external',
  metafile: true,
  logLevel: 'warning',
};

/**
 * One file an entry and not a web of chunks: each file that Node loads at an app's start costs it about a millisecond.
 * What is loaded later stays outside, and so does what must be the same everywhere.
 */
const filesOfTheirOwn: Plugin = {
  name: 'files-of-their-own',
  setup({ onResolve }) {
    const later = new Set(LATER.map((source) => join(root, source)));
    onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) => {
      const source = resolve(resolveDir, path);
      const isOutside =
        (kind === 'dynamic-import' && later.has(source)) ||
        (kind === 'import-statement' && source === join(root, SHARED));
      return isOutside ? { path: `./${basename(source, '.ts')}.js`, external: true } : undefined;
    });
  },
};

async function buildLibrary(): Promise<void> {
  // Minified, because an app loads it at its start.
  const library: BuildOptions = { ...common, minify: true };
  const node: BuildOptions = {
    ...library,
    platform: 'node',
    target: 'node22',
    external: EXTERNAL,
    plugins: [filesOfTheirOwn],
  };
  const page: BuildOptions = { ...library, platform: 'browser', target: 'chrome134' };
  const esm: BuildOptions = { format: 'esm', outdir: join(stage, 'esm') };
  // `createRequire(import.meta.url)` has its counterpart in CommonJS.
  const define = { 'import.meta.url': '__filename' };
  const cjs: BuildOptions = { format: 'cjs', outdir: join(stage, 'cjs'), define };
  const built = await Promise.all([
    build({ ...node, ...esm, entryPoints: { ...NODE_ENTRIES, cli: 'lib/cli.ts' } }),
    build({ ...node, ...esm, entryPoints: namedByFile([...LATER, SHARED]), splitting: true }),
    build({ ...node, ...cjs, entryPoints: { ...NODE_ENTRIES, ...namedByFile([...LATER, SHARED]) } }),
    build({ ...page, ...esm, entryPoints: PAGE_ENTRIES }),
    build({ ...page, ...cjs, entryPoints: PAGE_ENTRIES }),
    build({
      ...page,
      entryPoints: { preload: 'renderer/preload.ts' },
      external: ['electron'],
      format: 'cjs',
      outdir: join(stage, 'cjs'),
      sourcemap: false,
    }),
  ]);
  const modules = built.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  writeFileSync(join(stage, LICENCES_FILE), thirdPartyLicences(modules.map((path) => join(root, path))));
  chmodSync(join(stage, 'esm', 'cli.js'), 0o755);
  writeTypes();
  writeFileSync(join(stage, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  rmSync(dist, { recursive: true, force: true });
  renameSync(stage, dist);
}

function namedByFile(sources: readonly string[]): Record<string, string> {
  return Object.fromEntries(sources.map((source) => [basename(source, '.ts'), source]));
}

/** One declaration tree, once for ESM and once for CommonJS importers. */
function writeTypes(): void {
  const types = join(stage, 'types');
  const entries = [...Object.values(NODE_ENTRIES), ...Object.values(PAGE_ENTRIES), 'renderer/preload.ts'];
  const config = join(stage, 'tsconfig.types.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        outDir: 'types',
        rootDir: '..',
      },
      files: entries.map((entry) => join('..', entry)),
      include: [],
    }),
  );
  run(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ['--project', config]);
  rmSync(config);
  for (const file of globSync('**/*.d.ts', { cwd: types })) {
    const path = join(types, file);
    // tsc leaves `.ts` in the specifiers of declarations (microsoft/TypeScript#61037).
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(["']\.{1,2}\/[^"']*)\.ts(["'])/g, '$1.js$2'));
  }
  for (const format of ['esm', 'cjs']) cpSync(types, join(stage, format, 'types'), { recursive: true });
  rmSync(types, { recursive: true });
}

async function buildServer(): Promise<void> {
  const out = join(root, 'server', 'dist');
  rmSync(out, { recursive: true, force: true });
  await build({
    ...common,
    platform: 'node',
    target: 'node22',
    packages: 'external',
    format: 'esm',
    splitting: true,
    entryPoints: { main: 'server/main.ts' },
    outdir: 'server/dist',
  });
  chmodSync(join(out, 'main.js'), 0o755);
  cpSync(join(root, 'migrations'), join(out, 'migrations'), { recursive: true });
  cpSync(join(root, 'dashboard', 'dist'), join(out, 'dashboard'), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(root, 'server', 'LICENSE'));
  // What one needs to run it from the package alone.
  for (const file of ['roost.service', 'nginx.conf', 'Caddyfile']) {
    cpSync(join(root, 'docs', 'deploy', file), join(out, 'deploy', file));
  }
  cpSync(join(root, '.env.example'), join(out, 'deploy', 'env.example'));
}

async function buildDashboard(): Promise<void> {
  const { build: viteBuild } = await import('vite');
  await viteBuild({
    configFile: join(root, 'dashboard', 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [
      {
        name: 'licences',
        generateBundle() {
          const source = thirdPartyLicences(this.getModuleIds());
          this.emitFile({ type: 'asset', fileName: LICENCES_FILE, source });
        },
      },
    ],
  });
}

function run(script: string, args: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${script} failed`);
}

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
if (wants('library')) {
  await buildLibrary().finally(() => rmSync(stage, { recursive: true, force: true }));
}
if (wants('dashboard')) await buildDashboard();
if (wants('server')) await buildServer();
