import { afterAll, beforeAll, expect, test } from 'vitest';

import { getFigures } from '../../../helpers/figures.ts';
import { makeCrash, makeEvent } from '../../../helpers/records.ts';
import { type TestServer, startTestServer } from '../../../helpers/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

test('releases come newest first, as people number versions', async () => {
  const timestamp = '2026-06-01T10:00:00.000Z';
  const versions = ['1.9.0', '2.0.0-beta.2', '1.10.0', '2.0.0', 'v1.2.0', '2.0.0-beta.10'];
  await server.post('/track', {
    events: versions.map((app_version) => makeEvent({ timestamp, app_version })),
  });
  await server.post('/crash', { crashes: [makeCrash({ timestamp, app_version: '3.0.0-rc.1' })] });
  const { releases } = (await getFigures(
    server,
    '/stats/releases?from=2026-06-01&to=2026-06-02',
  )) as unknown as { releases: { app_version: string }[] };
  expect(releases.map(({ app_version }) => app_version)).toEqual([
    '2.0.0',
    '2.0.0-beta.10',
    '2.0.0-beta.2',
    '1.10.0',
    '1.9.0',
    'v1.2.0',
  ]);
});
