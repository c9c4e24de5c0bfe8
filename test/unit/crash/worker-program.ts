/** A worker thread with Roost on the queue of the app; fails as it is told. */
import { workerData } from 'node:worker_threads';

import { startTelemetry } from '../../../lib/index.ts';
import { fail } from '../../electron/app/failures.ts';

const { dataDir, failure } = workerData as { dataDir: string; failure: string };
startTelemetry({ dataDir, logger: () => undefined });
fail(failure);
