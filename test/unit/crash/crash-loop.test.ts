import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { watchForCrashLoop } from '../../../lib/crash/crash-loop.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function crashingRuns(dataDir: string, count: number): void {
  for (let run = 0; run < count; run += 1) {
    const guard = watchForCrashLoop(dataDir);
    guard.noteCrash();
    guard.noteCrash(); // one crash may be noted twice
    guard.close();
  }
}

function isLooping(dataDir: string): boolean {
  const guard = watchForCrashLoop(dataDir);
  guard.close();
  return guard.looping;
}

describe('the crash loop guard', () => {
  it('sees a loop after three crashes in a row, not after two', () => {
    const [two, three] = [tempDir(), tempDir()];
    crashingRuns(two, 2);
    crashingRuns(three, 3);
    expect(isLooping(two)).toBe(false);
    expect(isLooping(three)).toBe(true);
  });

  it('does not count a crash later than five seconds after the start', () => {
    const dataDir = tempDir();
    crashingRuns(dataDir, 2);
    const guard = watchForCrashLoop(dataDir);
    vi.advanceTimersByTime(5_000);
    guard.noteCrash();
    expect(isLooping(dataDir)).toBe(false);
  });

  it('forgets earlier crashes when a run lives on, or ends in peace', () => {
    const dataDir = tempDir();
    crashingRuns(dataDir, 3);
    watchForCrashLoop(dataDir);
    vi.advanceTimersByTime(5_000);
    expect(isLooping(dataDir)).toBe(false);
    crashingRuns(dataDir, 2);
    watchForCrashLoop(dataDir).close();
    crashingRuns(dataDir, 1);
    expect(isLooping(dataDir)).toBe(false);
  });

  it('stays in safe mode while the app goes on crashing', () => {
    const dataDir = tempDir();
    crashingRuns(dataDir, 5);
    expect(isLooping(dataDir)).toBe(true);
  });

  it('writes nothing while nothing crashes', () => {
    const dataDir = tempDir();
    watchForCrashLoop(dataDir).close();
    expect(existsSync(join(dataDir, 'crash-loop.json'))).toBe(false);
  });

  it('sees no loop where its file cannot be read or written', () => {
    const dataDir = join(tempDir(), 'missing', 'folder');
    crashingRuns(dataDir, 3);
    expect(isLooping(dataDir)).toBe(false);
  });
});
