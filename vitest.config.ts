import { defineConfig } from 'vitest/config';

/** `npm test` leaves the long tests (`*.full.test.ts`) out; `npm run test:full` (mode `full`) runs them too. */
export default defineConfig(({ mode }) => {
  const full = mode === 'full';
  return {
    test: {
      include: ['test/**/*.test.ts'],
      exclude: [
        'test/fixtures/**',
        'test/electron/**',
        '**/node_modules/**',
        ...(full ? [] : ['test/**/*.full.test.ts']),
      ],
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: full ? 600_000 : 60_000, // a busy machine is no failure
      hookTimeout: 120_000,
      // Real browsers, databases and killed processes on a shared machine; a test that needed it is named in the output.
      retry: process.env.CI ? 1 : 0,
      expect: { poll: { timeout: 20_000 } },
      globalSetup: ['test/helpers/global-setup.ts'],
    },
  };
});
