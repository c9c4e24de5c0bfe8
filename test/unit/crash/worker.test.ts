import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { expect, it } from 'vitest';

import { startTelemetry } from '../../../lib/index.ts';
import type { CrashRecord } from '../../../lib/record/crash.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

it.each(['later-throw:error', 'reject:error'])(
  'a worker thread that fails by %s reports it on the queue',
  async (failure) => {
    const dataDir = tempDir();
    const worker = new Worker(join(import.meta.dirname, 'worker-program.ts'), {
      workerData: { dataDir, failure },
    });
    const [error] = (await once(worker, 'error')) as [Error];
    expect(error.message).toBe('it broke');
    await once(worker, 'exit');
    const telemetry = startTelemetry({ dataDir, logger: () => undefined });
    const crashes = telemetry.peek(10) as CrashRecord[];
    await telemetry.close();
    expect(crashes).toMatchObject([
      { error_message: 'TypeError: it broke', context: { process_type: 'worker' } },
    ]);
  },
  120_000,
);
