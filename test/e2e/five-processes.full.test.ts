/** Five processes on one profile: each record is stored once. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { startTestServer } from '../helpers/server.ts';
import { temporaryFolder } from '../unit/queue/helpers.ts';

it('stores the 5,000 records of five processes on one profile once each', async () => {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  const dataDir = join(temporaryFolder(), 'telemetry');
  const program = join(import.meta.dirname, 'five-processes-program.ts');
  const ends = [0, 1, 2, 3, 4].map((index) => {
    const child = spawn(process.execPath, [program, dataDir, server.url, String(index * 1_000)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return new Promise((resolve) => {
      child.once('close', resolve);
    });
  });
  expect(await Promise.all(ends)).toEqual([0, 0, 0, 0, 0]);
  const { rows } = await server.pool.query(
    "select count(*)::int as rows, count(distinct properties ->> 'count')::int as records from events",
  );
  expect(rows).toEqual([{ rows: 5_000, records: 5_000 }]);
  const users = await server.pool.query('select count(distinct user_id)::int as users from events');
  expect(users.rows).toEqual([{ users: 1 }]);
});
