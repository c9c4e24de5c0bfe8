import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { doctor } from '../../../lib/cli/doctor.ts';
import { acceptAll, startAnsweringServer } from '../../helpers/answering-server.ts';
import { type TestServer, startTestServer } from '../../helpers/server.ts';
import { temporaryFolder, testQueue } from '../queue/helpers.ts';
import { LEASE, makeEvent } from '../queue/records.ts';

const NOW = Date.parse('2026-06-03T10:00:00.000Z');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { ingestKeys: ['pub_right'] } });
});
afterAll(() => server.close());

const examine = async (options: Partial<Parameters<typeof doctor>[0]>) => {
  const { text, failed } = await doctor({
    path: undefined,
    endpoint: undefined,
    key: undefined,
    config: undefined,
    now: NOW,
    ...options,
  });
  return { lines: text.split('\n'), failed };
};

describe('the server', () => {
  test('that takes the key, and stores nothing', async () => {
    const { lines, failed } = await examine({ endpoint: server.url, key: 'pub_right' });
    expect(lines).toEqual([
      `✓ server   ${server.url} answers`,
      '✓ key      is accepted',
      '✓ clock    agrees with the server',
    ]);
    expect(failed).toBe(false);
    const { rows } = await server.pool.query<{ events: number }>(
      'select count(*)::int as events from events',
    );
    expect(rows).toEqual([{ events: 0 }]);
  });

  test('that refuses the key', async () => {
    const { lines, failed } = await examine({ endpoint: server.url, key: 'pub_wrong' });
    expect(lines[1]).toMatch(/^✗ key +is refused \(401\)/);
    expect(failed).toBe(true);
  });

  test('that is something else', async () => {
    const other = await startAnsweringServer((asked) => ({ ...acceptAll(asked), body: '<html>' }));
    const { lines, failed } = await examine({ endpoint: `${other.url}/roost/` });
    await other.close();
    expect(lines).toEqual([
      `✗ server   what answers at ${other.url}/roost/health (200) is no Roost server: is the path right?`,
    ]);
    expect(failed).toBe(true);
  });

  test('whose clock differs', async () => {
    const other = await startAnsweringServer((asked) => ({
      headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
      status: asked.url === '/health' ? 200 : 400,
      body: { status: 'ok', error: { code: 'invalid_batch' } },
    }));
    const { lines } = await examine({ endpoint: other.url });
    await other.close();
    expect(lines.slice(1)).toEqual([
      '✓ key      none is needed',
      '! clock    is 60 minutes ahead of the server, which corrects the times of records by that',
    ]);
  });

  test('that is not there', async () => {
    const other = await startAnsweringServer();
    await other.close();
    expect(await examine({ endpoint: other.url })).toMatchObject({
      lines: [expect.stringMatching(/^✗ server .* cannot be reached: /)],
      failed: true,
    });
  });

  test('whose address is none', async () => {
    await expect(examine({ endpoint: 'telemetry.example.com' })).rejects.toThrow(/^endpoint: expected/);
  });
});

describe('the queue', () => {
  test('in which records wait too long, were refused, and that was damaged once', async () => {
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, now: () => NOW });
    queue.add('event', makeEvent({ timestamp: '2026-06-01T10:00:00.000Z' }));
    queue.add('event', makeEvent({ timestamp: '2026-06-01T10:00:00.000Z' }));
    const [first] = queue.lease({ ...LEASE, kind: 'event', maxRecords: 1 });
    queue.bury(first!.rowId, 'invalid_batch');
    writeFileSync(join(dataDir, 'queue.db.damaged-1'), '');
    expect(await examine({ path: dataDir })).toEqual({
      lines: [
        '! queue    1 events and 0 crashes wait, the oldest for 48 hours, at most 0 tries: none was tried: is an endpoint set?',
        '! refused  the server refused 1 records (invalid_batch): see "roost inspect --dead"',
        '! damage   set aside earlier: queue.db.damaged-1',
      ],
      failed: false,
    });
  });

  test('that is not there', async () => {
    expect(await examine({ path: join(temporaryFolder(), 'queue.db') })).toMatchObject({ failed: true });
  });
});

test('config.json that cannot be read stops everything, and is said', async () => {
  const config = join(temporaryFolder(), 'config.json');
  writeFileSync(config, '{ "telemetry_enabled": false }');
  expect((await examine({ config })).lines).toEqual(['✓ consent  usage off, crash reports not said']);
  writeFileSync(config, '{ "telemetry_enabled": "no" }');
  expect(await examine({ config })).toMatchObject({
    lines: [expect.stringContaining('telemetry_enabled is neither true nor false')],
    failed: true,
  });
});
