/** The short form of `npm run torture -- server`: three kills. */
import { expect, it } from 'vitest';

import { tortureServer } from '../torture/server.ts';

it('neither loses nor doubles anything when the server and PostgreSQL are killed', async () => {
  const report = await tortureServer({ kills: 3, seed: 5 });
  expect(report).toMatchObject({ lost: 0, missing: 0, doubled: 0 });
  expect(report.answered).toBeGreaterThan(0);
}, 600_000);
