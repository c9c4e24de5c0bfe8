/** Processes of the app that end. */
import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { CrashRecord } from '../../lib/record/crash.ts';
import { until, type Scenario } from './scenario.ts';

const UTILITY = join(import.meta.dirname, 'app', 'utility.ts');

export const processScenarios: Scenario[] = [
  {
    name: 'a renderer that crashes arrives with reason, exit code and the last steps',
    async run(stage) {
      stage.telemetry.addBreadcrumb('clicked record');
      const window = await stage.open('');
      window.webContents.forcefullyCrashRenderer();
      const crash = await stage.crash();
      assert.equal(crash.crash_type, 'renderer_crash');
      const { reason, exit_code, window: place, breadcrumbs, uptime_seconds, memory } = crash.context!;
      assert.match(
        crash.error_message,
        new RegExp(`Renderer process gone: ${reason} \\(exit code ${exit_code}\\)`),
      );
      assert.deepEqual(place, { id: window.webContents.id, type: 'window', place: 'file:' });
      const steps = (breadcrumbs as { message: string }[]).map(({ message }) => message);
      assert.ok(steps.includes('clicked record'));
      assert.ok(
        steps.some((step) => /^page \d+ at file:$/.test(step)),
        steps.join('; '),
      );
      assert.ok(
        steps.some((step) => /^window \d+ created$/.test(step)),
        steps.join('; '),
      );
      assert.equal(typeof uptime_seconds, 'number');
      assert.equal(typeof (memory as { rss_mib: number }).rss_mib, 'number');
    },
  },
  {
    name: 'a utility process that fails arrives twice: its own error, and that it is gone',
    async run(stage) {
      stage.around.electron.utilityProcess.fork(UTILITY, [], {
        serviceName: 'Importer',
        stdio: 'ignore',
        env: { ...process.env, DATA_DIR: stage.telemetry.dataDir, FAILURE: 'later-throw:error' },
      });
      await until(() => stage.telemetry.pending().crashes === 2, 'both crashes');
      const crashes = stage.records() as CrashRecord[];
      const own = crashes.find(({ crash_type }) => crash_type !== 'child_process_crash')!;
      assert.equal(own.crash_type, 'uncaught_error');
      assert.equal(own.error_message, 'TypeError: it broke');
      assert.equal(own.context!['process_type'], 'utility');
      const gone = crashes.find(({ crash_type }) => crash_type === 'child_process_crash')!;
      assert.equal(gone.error_message, 'Importer process gone: abnormal-exit (exit code 1)');
      assert.equal(gone.context!['process_type'], 'Utility');
    },
  },
  {
    name: 'a utility process that ends in peace is no crash',
    async run(stage) {
      const ended = new Promise((resolve) => stage.around.electron.app.on('child-process-gone', resolve));
      stage.around.electron.utilityProcess.fork(UTILITY, [], {
        env: { ...process.env, DATA_DIR: stage.telemetry.dataDir, FAILURE: 'exit:0' },
      });
      await ended;
      assert.equal(stage.telemetry.pending().crashes, 0);
    },
  },
];
