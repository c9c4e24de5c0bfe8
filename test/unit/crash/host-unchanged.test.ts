/** The same program without and with Roost, in real Node processes: nothing that it shows may differ. */
import { describe, expect, it, onTestFinished } from 'vitest';

import type { CrashRecord } from '../../../lib/record/crash.ts';
import { startTelemetry } from '../../../lib/index.ts';
import { startAnsweringServer } from '../../helpers/answering-server.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { runProgram, type ProgramOptions } from './run-program.ts';

async function expectUnchanged(options: ProgramOptions): Promise<CrashRecord[]> {
  const dataDir = tempDir();
  const [without, withRoost] = await Promise.all([runProgram(options), runProgram({ ...options, dataDir })]);
  expect(withRoost).toEqual(without);
  return recorded(dataDir);
}

async function recorded(dataDir: string): Promise<CrashRecord[]> {
  const telemetry = startTelemetry({ dataDir, logger: () => undefined });
  const crashes = telemetry.peek(100) as CrashRecord[];
  await telemetry.close();
  return crashes;
}

const ELECTRON = 'warn-with-error-code'; // Electron's mode: shell/browser/electron_browser_main_parts.cc

describe('a program that fails behaves the same with Roost', { timeout: 120_000 }, () => {
  it('rejections in the mode of Electron: warnings, their numbers, the exit code', async () => {
    const crashes = await expectUnchanged({ failure: 'rejections', mode: ELECTRON });
    expect(crashes.map(({ crash_type, error_message }) => [crash_type, error_message])).toEqual([
      ['unhandled_rejection', 'TypeError: it broke'],
      ['unhandled_rejection', 'just a text'],
      ['unhandled_rejection', 'Thrown: undefined'],
      ['unhandled_rejection', 'AggregateError: both broke'],
      ['unhandled_rejection', 'outer'],
    ]);
  });

  it('rejections that the app listens to itself', async () => {
    expect(await expectUnchanged({ failure: 'rejections', mode: ELECTRON, appListens: true })).toHaveLength(
      5,
    );
  });

  it('a rejection that is caught a moment later', async () => {
    expect(await expectUnchanged({ failure: 'handled-late', mode: ELECTRON })).toHaveLength(1);
  });

  it('an exception that ends the process', async () => {
    const [crash, ...others] = await expectUnchanged({ failure: 'later-throw:cause', mode: ELECTRON });
    expect(others).toEqual([]);
    expect(crash).toMatchObject({ crash_type: 'main_crash', error_message: 'outer' });
    expect(crash!.stack_trace).toContain('Caused by: Error: inner');
    expect(crash!.context).toMatchObject({ process_type: 'node' });
  });

  it('an exception that the app listens to itself', async () => {
    expect(
      await expectUnchanged({ failure: 'later-throw:error', mode: ELECTRON, appListens: true }),
    ).toHaveLength(1);
  });

  it.each(['reject:error', 'reject:no-error', 'throw:error'])(
    '%s in the mode of Node, where a rejection ends the process: reported once',
    async (failure) => {
      expect(await expectUnchanged({ failure })).toHaveLength(1);
    },
  );

  it('rejections in the modes strict and warn', async () => {
    expect(await expectUnchanged({ failure: 'reject:no-error', mode: 'strict' })).toHaveLength(1);
    expect(await expectUnchanged({ failure: 'rejections', mode: 'warn' })).toHaveLength(5);
  });

  it('no failure at all', async () => {
    expect(await expectUnchanged({ failure: 'exit:3', mode: ELECTRON })).toEqual([]);
  });

  it('a failure inside the hooks of Roost', async () => {
    const options = { failure: 'rejections', mode: ELECTRON };
    const [without, broken] = await Promise.all([
      runProgram(options),
      runProgram({ ...options, broken: true }),
    ]);
    expect(broken).toEqual(without);
  });

  it('ends while the server keeps a request waiting', async () => {
    const server = await startAnsweringServer(() => undefined);
    onTestFinished(() => server.close());
    const dataDir = tempDir();
    const failed = await runProgram({ failure: 'rejections', mode: ELECTRON, dataDir, endpoint: server.url });
    expect(failed.code).toBe(1);
    expect(await recorded(dataDir)).toHaveLength(5);
  });
});

describe('a crash loop', { timeout: 120_000 }, () => {
  it('is seen at the fourth start, after three crashes in a row', async () => {
    const dataDir = tempDir();
    for (let run = 1; run <= 3; run += 1) {
      expect((await runProgram({ failure: 'later-throw:error', dataDir })).stdout).not.toContain(
        'crash loop',
      );
    }
    expect((await runProgram({ failure: 'exit:0', dataDir })).stdout).toContain('crash loop');
  });
});
