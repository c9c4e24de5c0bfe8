/** A whole app on the double, as processes of its own: without Roost and with it, killed, crashed, started again. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { readRun, type RunRecord } from '../../lib/crash/run-file.ts';
import type { TelemetryRecord } from '../../lib/record/batch.ts';
import type { CrashRecord } from '../../lib/record/crash.ts';
import { startTelemetry } from '../../lib/index.ts';
import { runApp, type RunningApp, type RunOptions } from '../electron-double/run-app.ts';
import { buildPreload } from '../electron/preload-file.ts';
import { startAnsweringServer } from '../helpers/answering-server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MAIN = join(import.meta.dirname, '../electron/app/main.ts');

function start(options: Partial<RunOptions> & { userData: string }): RunningApp {
  const app = runApp({ main: MAIN, ...options });
  onTestFinished(async () => void (await app.kill()));
  return app;
}

async function recorded(userData: string): Promise<TelemetryRecord[]> {
  const telemetry = startTelemetry({ dataDir: join(userData, 'telemetry'), logger: () => undefined });
  const records = telemetry.peek(100);
  await telemetry.close();
  return records;
}

function dialogs(app: RunningApp): unknown[] {
  return app.journal().filter(({ type }) => type === 'dialog');
}

/** What a person and the app's own code notice of a run that quits after its failure. */
async function noticed(userData: string, env: Record<string, string>): Promise<unknown> {
  const app = start({ userData, env });
  await expect.poll(() => app.stdout(), { timeout: 60_000 }).toContain('failures done');
  const end = await app.quit();
  return {
    end,
    stdout: app.stdout(),
    stderr: app.stderr().replaceAll(/\(node:\d+\)/g, '(node:…)'),
    dialogs: dialogs(app),
  };
}

async function expectUnchanged(env: Record<string, string>): Promise<CrashRecord[]> {
  const folder = tempDir();
  const withRoost = join(folder, 'with');
  const [without, changed] = await Promise.all([
    noticed(join(folder, 'without'), { ...env, WITHOUT_ROOST: '1' }),
    noticed(withRoost, env),
  ]);
  expect(changed).toEqual(without);
  return (await recorded(withRoost)) as CrashRecord[];
}

describe('an Electron app that fails behaves the same with Roost', { timeout: 120_000 }, () => {
  it('shows the same dialogs, warnings and exit code, and goes on', async () => {
    const crashes = await expectUnchanged({ FAILURE: 'all' });
    expect(crashes.map(({ crash_type, error_message }) => [crash_type, error_message]).sort()).toEqual([
      ['main_crash', 'TypeError: it broke'],
      ['main_crash', 'just a text'],
      ['unhandled_rejection', 'AggregateError: both broke'],
      ['unhandled_rejection', 'Thrown: undefined'],
      ['unhandled_rejection', 'TypeError: it broke'],
      ['unhandled_rejection', 'just a text'],
      ['unhandled_rejection', 'outer'],
    ]);
    expect(crashes[0]!.context).toMatchObject({ process_type: 'main' });
  });

  it('leaves the failures to the listeners of the app, which sees no others', async () => {
    expect(await expectUnchanged({ FAILURE: 'all', APP_LISTENS: '1' })).toHaveLength(7);
  });

  it('shows the same dialog where the main script throws while it loads, and reports it', async () => {
    const folder = tempDir();
    const main = join(folder, 'main.mjs');
    writeFileSync(
      main,
      `import ${JSON.stringify(MAIN)}; console.log('failures done'); throw new Error('at load');`,
    );
    const app = start({ main, userData: join(folder, 'data') });
    await expect.poll(() => dialogs(app), { timeout: 60_000 }).toHaveLength(1);
    expect(dialogs(app)[0]).toMatchObject({
      type: 'dialog',
      title: 'A JavaScript error occurred in the main process',
    });
    await app.quit();
    expect(await recorded(join(folder, 'data'))).toMatchObject([
      { crash_type: 'main_crash', error_message: 'at load' },
    ]);
  });
});

describe('an Electron app that ends', { timeout: 120_000 }, () => {
  it('quits when its last window closes, and while the server keeps a request waiting', async () => {
    const server = await startAnsweringServer(() => undefined);
    onTestFinished(() => server.close());
    const userData = tempDir();
    const page = writePage(userData);
    const env = { PAGE: page, PRELOAD: buildPreload(userData), ENDPOINT: server.url };
    const app = start({ userData, env });
    await app.evaluate(
      `for (let count = 1; count <= 10; count += 1) roost.track('dictionary_used', { count })`,
    );
    await expect.poll(() => server.asked.length, { timeout: 60_000 }).toBe(1);
    await app.closeWindow();
    expect(await app.ended).toEqual({ code: 0, signal: null });
    expect(app.stdout()).toContain('will quit');
    expect(await recorded(userData)).toHaveLength(10);
  });

  it('killed, or crashed in native code, it leaves its records, and the run that a dump can be told with', async () => {
    for (const signal of ['SIGKILL', 'SIGSEGV'] as const) {
      const userData = tempDir();
      const app = start({ userData, env: { FAILURE: 'reject:error' } });
      await expect.poll(() => app.stderr(), { timeout: 60_000 }).toContain('it broke');
      const dataDir = join(userData, 'telemetry');
      const left = (): RunRecord | null => {
        const [file = ''] = readdirSync(join(dataDir, 'runs'));
        return readRun(dataDir, file.replace('.jsonl', ''));
      };
      await expect
        .poll(() => left()?.breadcrumbs.map(({ message }) => message), { timeout: 60_000 })
        .toContain('app is ready');
      await app.kill(signal);
      expect(left()).toMatchObject({ pid: app.process.pid, app_version: '0.0.0' });
      expect(await recorded(userData)).toHaveLength(1);
    }
  });
});

function writePage(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const page = join(folder, 'page.html');
  writeFileSync(page, '<!doctype html><title>Page</title>');
  return page;
}
