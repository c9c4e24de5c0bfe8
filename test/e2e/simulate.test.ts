/** `npm run simulate` as a person calls it, against a real server. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, onTestFinished, test, vi } from 'vitest';

import { makePopulation } from '../../demo/simulate/population.ts';
import { startTestServer } from '../helpers/server.ts';

const root = join(import.meta.dirname, '..', '..');
vi.setConfig({ testTimeout: 120_000 });
const UNTIL = '2026-06-30T12:00:00Z';

async function simulate(...args: string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(root, 'demo', 'simulate.ts'),
      ...args,
    ]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, output: stderr };
  }
}

test('what is made arrives, once, and the same seed adds nothing', { timeout: 240_000 }, async () => {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  const args = ['--users', '20', '--days', '30', '--seed', '7', '--until', UNTIL, '--endpoint', server.url];
  const first = await simulate(...args);
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('0 known already, 0 rejected') });

  const days = [...makePopulation({ users: 20, days: 30, seed: 7, until: Date.parse(UNTIL) })];
  const count = async (table: string): Promise<number | null> =>
    (await server.pool.query(`select from ${table}`)).rowCount;
  expect(await count('events')).toBe(days.flatMap(({ events }) => events).length);
  expect(await count('crashes')).toBe(days.flatMap(({ crashes }) => crashes).length);
  expect((await simulate(...args)).output).toContain('\n0 stored');
});

test.for([
  [
    ['--endpoint', 'http://127.0.0.1:9'],
    'http://127.0.0.1:9 does not answer. Start a server with "npm start"',
  ],
  [['--users', 'many'], '--users: expected a whole number from 1 to'],
  [['--days', '400'], '--days: expected a whole number from 1 to 365'],
  [['--until', 'tomorrow'], '--until: not a time: tomorrow'],
  [['--speed', '9'], "Unknown option '--speed'"],
] as const)('says in one line what is wrong with %j', async ([args, message]) => {
  const { code, output } = await simulate(...args);
  expect(code).toBe(1);
  expect(output).toContain(message);
  expect(output.trim().split('\n')).toHaveLength(1);
});
