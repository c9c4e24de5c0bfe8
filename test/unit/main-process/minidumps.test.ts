/** From Crashpad's folder to the queue: each dump once, nothing of its memory, nothing against the user's word. */
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { memoryTransport } from '../../../lib/delivery/memory-transport.ts';
import type { CrashRecord } from '../../../lib/record/crash.ts';
import { collectMinidumps } from '../../../main-process/minidumps.ts';
import { startInElectron, type ElectronTelemetryOptions } from '../../../main-process/start.ts';
import { createElectronDouble } from '../../electron-double/index.ts';
import { type WrittenDump, writeMinidump } from '../../helpers/minidump-writer.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const RUN = '0b7f8f64-6c1f-4d52-9c0e-2f4f0c8b8a11';
const CANARY = 'canary-of-the-memory-4711';
const APP = 0x10000000n;

const canaryWords = (): bigint[] => {
  const view = new DataView(Uint8Array.from(Buffer.from(CANARY.repeat(8))).buffer);
  return Array.from({ length: 16 }, (_, index) => view.getBigUint64(index * 8, true));
};

const crashed: WrittenDump = {
  cpu: 'x64',
  system: 'linux',
  time: 1_780_000_060,
  exception: { code: 11 },
  registers: { pc: APP + 0x10n, sp: 0x7000n, fp: 0n },
  stack: { start: 0x7000n, words: [...canaryWords(), APP + 0x20n] },
  modules: [{ path: `/home/${CANARY}/stories`, start: APP, size: 0x1000 }],
  annotations: { roost_run_id: RUN, ptype: 'browser', env: CANARY, page: CANARY },
};

function start(options: ElectronTelemetryOptions = {}, userData = tempDir()) {
  const double = createElectronDouble({ userData, appVersion: '2.5.0', appPath: '/opt/stories' });
  const telemetry = startInElectron(double.electron, {
    logger: () => undefined,
    nativeCrashes: false,
    ...options,
  });
  onTestFinished(async () => await telemetry.close());
  const folder = double.electron.app.getPath('crashDumps');
  const put = (
    name: string,
    dump: WrittenDump | Uint8Array,
    { where = 'pending', ageSeconds = 60 } = {},
  ): string => {
    const path = join(folder, where, `${name}.dmp`);
    mkdirSync(join(folder, where), { recursive: true });
    writeFileSync(path, dump instanceof Uint8Array ? dump : writeMinidump(dump));
    writeFileSync(path.replace('.dmp', '.meta'), 'x');
    const at = Date.now() / 1000 - ageSeconds;
    utimesSync(path, at, at);
    return path;
  };
  const collect = (runId = '6f6f3a4e-0000-4000-8000-000000000000') => {
    const collector = collectMinidumps(double.electron, telemetry, runId);
    onTestFinished(() => collector.close());
    return collector;
  };
  const crashes = (): CrashRecord[] => telemetry.peek(100).filter((record) => 'crash_type' in record);
  return { userData, double, telemetry, put, collect, crashes };
}

describe('Crashpad', () => {
  it('is started with uploads off and a run id, once', () => {
    const { double, telemetry } = start({ nativeCrashes: true });
    telemetry.setEnabled(false);
    telemetry.setEnabled(true);
    expect(double.journal.filter(({ type }) => type === 'crash_reporter')).toEqual([
      {
        type: 'crash_reporter',
        options: {
          uploadToServer: false,
          globalExtra: { roost_run_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      },
    ]);
  });

  it('is not started against the user’s word', () => {
    const userData = tempDir();
    writeFileSync(join(userData, 'config.json'), '{"crash_reports_enabled":false}');
    const { double } = start({ nativeCrashes: true }, userData);
    expect(double.journal.filter(({ type }) => type === 'crash_reporter')).toEqual([]);
  });
});

describe('safe mode', () => {
  it('starts no Crashpad and reads no dump', () => {
    const userData = tempDir();
    mkdirSync(join(userData, 'telemetry'));
    writeFileSync(join(userData, 'telemetry', 'crash-loop.json'), '{"early_crashes_in_a_row":3}');
    const { double } = start({ nativeCrashes: true }, userData);
    expect(double.journal.filter(({ type }) => type === 'crash_reporter')).toEqual([]);
    const without = start({ nativeCrashes: false }).double.electron.app.listenerCount('child-process-gone');
    expect(double.electron.app.listenerCount('child-process-gone')).toBe(without);
  });
});

describe('a dump', () => {
  it.each(['pending', 'completed', 'reports'])('in %s is reported once and deleted', (where) => {
    const { put, collect, crashes } = start();
    const path = put('a', crashed, { where });
    const collector = collect();
    expect(collector.look()).toBe(1);
    expect(collector.look()).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(path.replace('.dmp', '.meta'))).toBe(false);
    expect(crashes()).toMatchObject([
      {
        crash_type: 'native_crash',
        error_message: 'SIGSEGV at stories+0x10 (null address)',
        stack_trace: '    at stories+0x10\n    at stories+0x20 (stack scan)',
        timestamp: '2026-05-28T20:27:40.000Z',
        context: {
          process_type: 'main',
          breadcrumbs: [],
          memory: null,
          native: { cpu: 'x64', module: 'stories' },
        },
      },
    ]);
  });

  it('tells of the run that it ended: session, version, last steps, start-up', () => {
    const { userData, put, collect, crashes } = start();
    const runs = join(userData, 'telemetry', 'runs');
    mkdirSync(runs, { recursive: true });
    const facts = {
      run_id: RUN,
      started_at: '2026-05-28T20:27:37.000Z',
      app_version: '2.4.0',
      session_id: '11111111-1111-4111-8111-111111111111',
      pid: 1,
    };
    const step = { at: '2026-05-28T20:27:39.000Z', message: 'clicked record' };
    writeFileSync(join(runs, `${RUN}.jsonl`), `${JSON.stringify(facts)}\n${JSON.stringify(step)}\n`);
    put('a', crashed);
    collect().look();
    expect(crashes()).toMatchObject([
      {
        app_version: '2.4.0',
        session_id: facts.session_id,
        context: { uptime_seconds: 3, during_startup: true, breadcrumbs: [step] },
      },
    ]);
    expect(existsSync(join(runs, `${RUN}.jsonl`))).toBe(false);
  });

  it('that is still being written is left for later', () => {
    const { put, collect, crashes } = start();
    put('a', crashed, { ageSeconds: 0 });
    put('b', crashed, { where: 'new' });
    expect(collect().look()).toBe(0);
    expect(crashes()).toEqual([]);
  });

  it('of the app’s own crash reporter is left alone', () => {
    const { put, collect } = start();
    const foreign = put('a', { ...crashed, annotations: { ptype: 'browser' } });
    const noDump = put('b', new TextEncoder().encode('not a dump'));
    expect(collect().look()).toBe(0);
    expect([foreign, noDump].map((path) => existsSync(path))).toEqual([true, true]);
  });

  it('of a process that went on is no crash', () => {
    const { put, collect, crashes } = start();
    const path = put('a', { ...crashed, exception: { code: 0xffffffff } });
    collect().look();
    expect(existsSync(path)).toBe(false);
    expect(crashes()).toEqual([]);
  });

  it('that is too old goes unread, and is counted', () => {
    const { put, collect, telemetry } = start();
    const path = put('a', crashed, { ageSeconds: 31 * 86_400 });
    expect(collect().look()).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect(telemetry.pending().dropped).toMatchObject({ dump_limit: 1 });
  });

  it('comes with ten others at most: the rest at the next look', () => {
    const { put, collect } = start();
    for (let at = 0; at < 12; at += 1) put(`dump-${at}`, crashed);
    const collector = collect();
    expect([collector.look(), collector.look(), collector.look()]).toEqual([10, 2, 0]);
  });

  it('is deleted unreported when crash reports are switched off', async () => {
    const { put, collect, telemetry, crashes } = start();
    const path = put('a', crashed);
    collect();
    telemetry.setCrashReportsEnabled(false);
    await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(false);
    expect(crashes()).toEqual([]);
  });

  it('stays where config.json cannot be read', async () => {
    const { userData, put, collect, telemetry } = start();
    writeFileSync(join(userData, 'config.json'), '{');
    await expect.poll(() => telemetry.consentState().known, { timeout: 20_000 }).toBe(false);
    const path = put('a', crashed);
    expect(collect().look()).toBe(0);
    expect(existsSync(path)).toBe(true);
  });

  it('is found soon after a process is gone', async () => {
    const { double, put, collect, crashes } = start();
    collect();
    put('a', { ...crashed, annotations: { roost_run_id: RUN, ptype: 'renderer' } });
    double.electron.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'clean-exit', exitCode: 0 });
    await expect.poll(() => crashes().length, { timeout: 20_000 }).toBe(1);
    expect(crashes()[0]?.context).toMatchObject({ process_type: 'renderer' });
  });

  it('gives nothing of memory and environment to queue and wire', async () => {
    const transport = memoryTransport();
    const { userData, put, collect, telemetry } = start({ transport });
    put('a', crashed);
    expect(readFileSync(join(userData, 'crashDumps', 'pending', 'a.dmp'), 'latin1')).toContain(CANARY);
    collect().look();
    await telemetry.flush();
    const files = readdirSync(join(userData, 'telemetry'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain(CANARY);
    }
    const sent = JSON.stringify(transport.batches);
    expect(sent).toContain('native_crash');
    expect(sent).not.toContain(CANARY);
  });
});
