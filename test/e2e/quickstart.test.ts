/**
 * The projects of test/fixtures/quickstart, built as their owners build them and run: docs/quickstart.md quotes them.
 * Not run here, because it needs Electron's binary: an asar archive with the native module unpacked from it, and the
 * sandbox around the preload (that it requires nothing but `electron` is checked).
 */
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, onTestFinished, test, vi } from 'vitest';

import { runApp, type RunningApp } from '../electron-double/run-app.ts';
import { startTestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures', 'quickstart');
const PATIENCE = { timeout: 60_000, interval: 100 };
const TIMEOUT_MS = 240_000;

/** A copy of the project with its packages beside it, as `npm install` would put them. */
function installProject(name: string): string {
  const project = join(tempDir(), name);
  cpSync(join(fixtures, name), project, { recursive: true });
  mkdirSync(join(project, 'node_modules', '@roost-telemetry'), { recursive: true });
  symlinkSync(root, join(project, 'node_modules', '@roost-telemetry', 'electron'), 'junction');
  for (const name of ['better-sqlite3', 'esbuild', 'vite', 'undici', 'p-retry']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name), 'junction');
  }
  return project;
}

/** The three parts of README's lines, each in its file, with no more around them than a window. */
function projectOfReadme(): string {
  const page = readFileSync(join(root, 'README.md'), 'utf8');
  const [, lines = ''] = /## Add it to an app\n\n```js\n([\s\S]*?)```/.exec(page) ?? [];
  const [, main, preload, renderer] = lines.split(/^\/\/ (?:main process, first thing|preload|page)\n/m);
  const project = installProject('vite-esm');
  const openWindow = `
    import { app, BrowserWindow } from 'electron';
    app.whenReady().then(() => {
      const webPreferences = { preload: import.meta.dirname + '/preload.cjs' };
      return new BrowserWindow({ webPreferences }).loadFile(import.meta.dirname + '/renderer/index.html');
    });
  `;
  const write = (file: string, text: string): void => writeFileSync(join(project, 'src', file), text);
  write(
    'main.js',
    main!.replace("'https://telemetry.example.com'", 'process.env.TELEMETRY_ENDPOINT') + openWindow,
  );
  write('preload.js', preload!);
  write('renderer/renderer.js', renderer!);
  return project;
}

test("README's lines do what they promise", { timeout: TIMEOUT_MS }, async () => {
  const project = projectOfReadme();
  await promisify(execFile)(process.execPath, ['build.js'], { cwd: project });
  const server = await startTestServer({ config: { ingestKeys: ['pub_stories'] } });
  onTestFinished(() => server.close());
  start(project, server.url);
  await vi.waitFor(async () => {
    const { rows } = await server.pool.query('select event, properties from events');
    expect(rows).toEqual([
      {
        event: 'recording_completed',
        properties: { audio_duration_seconds: 120, source: 'widget', success: true },
      },
    ]);
  }, PATIENCE);
});

function start(project: string, endpoint: string): RunningApp {
  const app = runApp({ main: project, userData: tempDir(), env: { TELEMETRY_ENDPOINT: endpoint } });
  onTestFinished(async () => void (await app.kill()));
  return app;
}

/** Runs the project, presses its button until enough waits to be sent at once, and looks at what arrived. */
async function expectItWorks(project: string): Promise<void> {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  const app = start(project, server.url);
  await app.waitFor('roost-settings #usage:checked');
  for (let press = 0; press < 5; press += 1) await app.click('#record');
  const select = async (sql: string): Promise<unknown> => (await server.pool.query(sql)).rows;
  await vi.waitFor(async () => {
    expect(await select('select distinct event, app_version from events order by event')).toEqual([
      { event: 'app_opened', app_version: '1.2.3' },
      { event: 'recording_started', app_version: '1.2.3' },
    ]);
    expect(await select('select distinct crash_type from crashes')).toEqual([
      { crash_type: 'handled_error' },
    ]);
  }, PATIENCE);
}

test('Vite and esbuild, main as an ES module, everything in bundles', { timeout: TIMEOUT_MS }, async () => {
  const project = installProject('vite-esm');
  await promisify(execFile)(process.execPath, ['build.js'], { cwd: project });
  await expectItWorks(project);
});

test('CommonJS without a bundler', { timeout: TIMEOUT_MS }, () => expectItWorks(installProject('plain-cjs')));

test('the preload requires nothing but electron, as a sandbox demands', () => {
  const preload = readFileSync(join(root, 'dist', 'cjs', 'preload.js'), 'utf8');
  const required = [...preload.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(([, name]) => name);
  expect(new Set(required)).toEqual(new Set(['electron']));
});

test('docs/quickstart.md quotes the projects word for word', () => {
  const page = readFileSync(join(root, 'docs', 'quickstart.md'), 'utf8');
  const blocks = [...page.matchAll(/```(?:js|html)\n([\s\S]*?)```/g)].map(([, block]) => block!.trim());
  const sources = globSync('**/*.{js,html}', { cwd: fixtures }).map((file) =>
    readFileSync(join(fixtures, file), 'utf8'),
  );
  expect(blocks.length).toBeGreaterThan(3);
  for (const block of blocks)
    expect(
      sources.some((source) => source.includes(block)),
      block,
    ).toBe(true);
});
