import { expect, onTestFinished, test } from 'vitest';

import { recordFromProcesses } from '../helpers/processes.ts';
import { startTestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('five processes on one folder with 1,000 records each: 5,000 are stored, once each', async () => {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  expect(await recordFromProcesses(server, tempDir(), 5, 1_000)).toEqual({
    users: 1,
    dropped: [{}, {}, {}, {}, {}],
    stored: { events: 5_000, ids: 5_000, sum: 5 * 500_500 },
  });
});
