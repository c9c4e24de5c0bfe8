/** Loaded by `--import` before a program: the same program with Roost. DATA_DIR, ENDPOINT, BROKEN=1 (hooks that throw). */
import { hookProcess } from '../../../lib/crash/process-hooks.ts';
import type { TelemetryCore } from '../../../lib/handle.ts';
import { startTelemetry } from '../../../lib/index.ts';

if (process.env.BROKEN) {
  const refuse = (): never => {
    throw new Error('Roost itself is broken');
  };
  hookProcess(new Proxy({} as TelemetryCore, { get: () => refuse }));
} else {
  startTelemetry({
    dataDir: process.env.DATA_DIR,
    endpoint: process.env.ENDPOINT,
    flushAt: 1,
    logger: () => undefined,
    onCrashLoop: () => console.log('crash loop'),
  });
}
