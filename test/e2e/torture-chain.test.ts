/** The short form of `npm run torture -- chain`: one fault at each point, on a small fleet. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { isSound, tortureChain } from '../torture/chain/chain-run.ts';

it('stores each record once, whatever breaks between an app and the database', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roost-chain-'));
  // PostgreSQL's own user has to get through.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const report = await tortureChain({
    seed: 1,
    folder,
    smallDisk: null,
    apps: 1,
    servers: 2,
    lasts: { least: 500, most: 1_500 },
    sleepsAtMostMs: 2_000,
    durationMs: Infinity,
    appFaults: ['opted out and in again', 'app killed before the answer', 'reset before the answer'],
    serverFaults: ['PostgreSQL killed'],
  });
  expect(report.unexpectedEnds).toEqual([]);
  expect(report.total).toMatchObject({ injected: 4, lost: 0, doubled: 0 });
  expect(isSound(report)).toBe(true);
}, 600_000);
