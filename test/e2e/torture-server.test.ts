/** The short forms of `npm run torture -- server`: three kills, and a disk that is full twice. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { tortureServer } from '../torture/server.ts';
import { mountSmallDisk, unmountSmallDisk } from '../torture/small-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'roost-torture-disk-'));
// PostgreSQL's own user has to get through.
chmodSync(folder, 0o755);
/** Null where this user may not mount one. */
const disk = mountSmallDisk(join(folder, 'disk'), '192m');

afterAll(() => {
  if (disk !== null) unmountSmallDisk(disk);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

it('neither loses nor doubles anything when the server and PostgreSQL are killed', async () => {
  const report = await tortureServer({ kills: 3, seed: 5 });
  expect(report).toMatchObject({ lost: 0, missing: 0, doubled: 0 });
  expect(report.answered).toBeGreaterThan(0);
}, 600_000);

it.runIf(disk !== null)(
  'neither loses nor doubles anything when the disk of PostgreSQL is full',
  async () => {
    const report = await tortureServer({ kills: 2, seed: 5, faults: ['disk full'], disk });
    expect(report).toMatchObject({ lost: 0, missing: 0, doubled: 0, kills: { 'disk full': 2 } });
    expect(report.answered).toBeGreaterThan(0);
  },
  600_000,
);
