/** The short form of `npm run torture -- server`. */
import { expect, test } from 'vitest';

import { tortureServer } from './server.ts';

test(
  'nothing is lost or doubled when the server and PostgreSQL are killed',
  { timeout: 120_000 },
  async () => {
    const report = await tortureServer({ kills: 3, seed: 5 });
    expect(report).toMatchObject({ lost: 0, missing: 0, doubled: 0 });
    expect(report.answered).toBeGreaterThan(0);
  },
);
