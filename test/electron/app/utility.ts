/** A utility process with Roost on the app's queue; fails as FAILURE says. */
import { startTelemetry } from '../../../lib/index.ts';
import { fail } from './failures.ts';

startTelemetry({ dataDir: process.env.DATA_DIR, appVersion: '1.0.0', logger: () => undefined });
fail(process.env.FAILURE!);
