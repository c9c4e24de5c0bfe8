/** The short form of `npm run torture -- queue`: 50 kills. */
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { startTestServer } from '../helpers/server.ts';
import { startFaultServer } from '../torture/fault-server.ts';
import { isSound, tortureQueue } from '../torture/queue-lives.ts';
import { temporaryFolder } from '../unit/queue/helpers.ts';

it('stores once what was captured by an app that is killed 50 times before failing servers', async () => {
  const real = await startTestServer();
  onTestFinished(() => real.close());
  const server = await startFaultServer(real.url);
  onTestFinished(() => server.close());
  const report = await tortureQueue({
    kills: 50,
    seed: 1,
    lanes: 3,
    records: 40,
    dataDir: join(temporaryFolder(), 'telemetry'),
    server,
    pool: real.pool,
    hurry: true,
  });
  expect(report.rows.filter(({ lost, doubled }) => lost + doubled > 0)).toEqual([]);
  expect(report.pending).toMatchObject({ events: 0, crashes: 0, dropped: {} });
  expect(isSound(report)).toBe(true);
}, 600_000);
