import { defineConfig } from 'vitest/config';

/** `npm test` leaves the long tests (`*.full.test.ts`) out; `npm run test:full` runs them too. */
const full = process.env.ROOST_TEST === 'full';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/fixtures/**',
      'test/electron/**',
      'node_modules/**',
      ...(full ? [] : ['test/**/*.full.test.ts']),
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: full ? 600_000 : 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } }, // a busy machine is no failure
    globalSetup: ['test/helpers/global-setup.ts'],
  },
});
