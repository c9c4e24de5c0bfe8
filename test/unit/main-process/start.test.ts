import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { WebContents } from 'electron';
import { describe, expect, it, onTestFinished } from 'vitest';

import { memoryTransport } from '../../../lib/delivery/memory-transport.ts';
import type { CrashRecord } from '../../../lib/record/crash.ts';
import type { EventRecord } from '../../../lib/record/event.ts';
import { startInElectron, type ElectronTelemetryOptions } from '../../../main-process/start.ts';
import { createElectronDouble, type ElectronDoubleOptions } from '../../electron-double/index.ts';
import { startAnsweringServer } from '../../helpers/answering-server.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function start(options: ElectronTelemetryOptions = {}, about: Partial<ElectronDoubleOptions> = {}) {
  const userData = about.userData ?? tempDir();
  const double = createElectronDouble({ userData, appVersion: '2.5.0', appPath: '/opt/stories', ...about });
  const telemetry = startInElectron(double.electron, { logger: () => undefined, ...options });
  onTestFinished(async () => await telemetry.close());
  const crashes = (): CrashRecord[] => telemetry.peek(100).filter((record) => 'crash_type' in record);
  return { userData, double, app: double.electron.app, telemetry, crashes };
}

const page = {
  id: 7,
  getType: () => 'window',
  getURL: () => 'https://app.example.com/a/b?c=d',
} as WebContents;

describe('Roost in the main process', () => {
  it('asks Electron for folders and version, and tells development from packaged', () => {
    const { userData, telemetry } = start();
    telemetry.track('retry_attempted');
    expect(existsSync(join(userData, 'telemetry', 'queue.db'))).toBe(true);
    expect(telemetry.peek()[0]).toMatchObject({ app_version: '2.5.0', environment: 'development' });
    const packaged = start({}, { isPackaged: true });
    packaged.telemetry.track('retry_attempted');
    expect(packaged.telemetry.peek()[0]).toMatchObject({ environment: 'production' });
  });

  it('starts once, and again when closed', async () => {
    const { double, telemetry } = start();
    const again = () => startInElectron(double.electron, { logger: () => undefined });
    expect(again).toThrow(expect.objectContaining({ code: 'already_started' }));
    telemetry.track('retry_attempted');
    expect(telemetry.pending().events).toBe(1);
    await telemetry.close();
    const second = again();
    expect(second.pending().events).toBe(1);
    await second.close();
  });

  it('keeps consent in config.json of userData', () => {
    const { userData, telemetry } = start();
    telemetry.setEnabled(false);
    expect(JSON.parse(readFileSync(join(userData, 'config.json'), 'utf8'))).toEqual({
      telemetry_enabled: false,
    });
  });

  it('sends with the network of Electron, once the app is ready', async () => {
    const server = await startAnsweringServer();
    onTestFinished(() => server.close());
    const { telemetry, app } = start({ endpoint: server.url });
    telemetry.track('retry_attempted');
    expect(app.isReady()).toBe(false);
    expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
  });

  it('sends when the machine wakes up and the network is back', async () => {
    const transport = memoryTransport();
    const { telemetry, double } = start({ transport, flushAt: 1 });
    await double.electron.app.whenReady();
    double.setOnline(false);
    telemetry.track('retry_attempted');
    double.setOnline(true);
    double.electron.powerMonitor.emit('resume');
    await expect.poll(() => telemetry.pending().events, { timeout: 20_000 }).toBe(0);
  });

  it.each(['crashed', 'killed', 'oom', 'launch-failed', 'a-reason-of-the-future'])(
    'reports a renderer that is gone: %s',
    (reason) => {
      const { app, crashes } = start();
      app.emit('render-process-gone', {}, page, { reason, exitCode: 5 });
      expect(crashes()).toMatchObject([
        {
          crash_type: 'renderer_crash',
          error_message: `Renderer process gone: ${reason} (exit code 5)`,
          context: {
            reason,
            exit_code: 5,
            window: { id: 7, type: 'window', place: 'https://app.example.com' },
          },
        },
      ]);
    },
  );

  it('reports helpers that are gone, by their name', () => {
    const { app, crashes } = start();
    app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 11 });
    expect(crashes()).toMatchObject([
      {
        crash_type: 'child_process_crash',
        error_message: 'GPU process gone: crashed (exit code 11)',
        context: { process_type: 'GPU', reason: 'crashed', exit_code: 11 },
      },
    ]);
  });

  it('reports no process that ended in peace, or that the quitting app ended', () => {
    const { app, crashes } = start();
    app.emit('render-process-gone', {}, page, { reason: 'clean-exit', exitCode: 0 });
    app.emit('child-process-gone', {}, { type: 'Utility', reason: 'clean-exit', exitCode: 0 });
    app.emit('will-quit', {});
    app.emit('render-process-gone', {}, page, { reason: 'killed', exitCode: 9 });
    expect(crashes()).toEqual([]);
    app.emit('render-process-gone', {}, page, { reason: 'crashed', exitCode: 11 });
    expect(crashes()).toHaveLength(1);
  });

  it('survives a renderer that is gone together with its window', () => {
    const { app, crashes } = start();
    const destroyed = {
      getURL() {
        throw new TypeError('Object has been destroyed');
      },
    };
    app.emit('render-process-gone', {}, destroyed, { reason: 'crashed', exitCode: 11 });
    expect(crashes()[0]!.context).toMatchObject({ window: null });
  });

  it('takes nothing from what Electron does by default: no listener where one would change that', () => {
    const bare = createElectronDouble({ userData: tempDir(), appVersion: '1.0.0', appPath: '/' });
    const { app } = start();
    for (const event of [
      'window-all-closed', // a second listener keeps the app alive
      'login',
      'certificate-error',
      'select-client-certificate',
      'open-file',
      'open-url',
    ]) {
      expect([event, app.listenerCount(event)]).toEqual([event, bare.electron.app.listenerCount(event)]);
    }
  });

  it('starts in safe mode in a crash loop, and tells the app: nothing is sent until it flushes', async () => {
    const userData = tempDir();
    const transport = memoryTransport();
    for (let run = 1; run <= 3; run += 1) {
      const { app, telemetry } = start({ transport }, { userData });
      app.emit('render-process-gone', {}, page, { reason: 'crashed', exitCode: 11 });
      await telemetry.close();
    }
    let told = 0;
    const { telemetry } = start({ transport, flushAt: 1, onCrashLoop: () => (told += 1) }, { userData });
    expect(told).toBe(1);
    telemetry.track('retry_attempted');
    expect(telemetry.pending()).toMatchObject({ crashes: 3, events: 1 });
    expect(await telemetry.flush()).toEqual({ sent: 4, rejected: 0, remaining: 0 });
  });

  it('goes on where onCrashLoop throws', async () => {
    const userData = tempDir();
    const file = join(userData, 'telemetry', 'crash-loop.json');
    await start({}, { userData }).telemetry.close();
    writeFileSync(file, '{"early_crashes_in_a_row":3}');
    const onCrashLoop = (): never => {
      throw new Error('in the app');
    };
    const said: string[] = [];
    const { telemetry } = start({ onCrashLoop, logger: (message) => said.push(message) }, { userData });
    expect(said).toContain('Roost: onCrashLoop threw: in the app');
    telemetry.track('retry_attempted');
    expect(telemetry.pending().events).toBe(1);
  });

  it('leaves nothing behind when it is closed', async () => {
    const { app, double, telemetry } = start();
    const events = [
      'render-process-gone',
      'child-process-gone',
      'before-quit',
      'will-quit',
      'web-contents-created',
      'activate',
    ];
    await telemetry.close();
    for (const event of events) expect(app.listenerCount(event)).toBe(0);
    expect(double.electron.ipcMain.eventNames()).toEqual([]);
    double.electron.ipcMain.handle('roost:ask', () => undefined); // free again
  });

  it('tells the settings of a crash report only what its consent allows', () => {
    const { telemetry } = start();
    telemetry.track('dictionary_used', { count: 1 });
    telemetry.addBreadcrumb('clicked record');
    telemetry.setEnabled(false);
    telemetry.captureException(new Error('later'));
    const [crash] = telemetry.peek(10) as (CrashRecord | EventRecord)[];
    const text = JSON.stringify(crash);
    expect(text).toContain('clicked record');
    expect(text).not.toContain('dictionary_used');
  });
});
