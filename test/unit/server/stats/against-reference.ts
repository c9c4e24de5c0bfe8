/** The property that the short and the long test check. */
import * as fc from 'fast-check';
import { expect } from 'vitest';

import { type TestServer, startTestServer } from '../../../helpers/server.ts';
import { createMemory } from '../../../reference/remembered.ts';
import { actions, funnel, question } from './population.ts';
import {
  clear,
  dailyDisagreements,
  disagreements,
  eventDisagreements,
  filterValueDisagreements,
  funnelDisagreements,
  presenceDisagreements,
  run,
} from './world.ts';

export async function startWorld(): Promise<TestServer> {
  const server = await startTestServer();
  await createMemory(server.pool);
  return server;
}

/**
 * Whatever happens in whatever order, the figures are those of the stored rows. As many worlds as are asked for,
 * or as fit into the time. `seed` repeats a run.
 */
export async function checkAgainstReference(
  server: TestServer,
  runs: number,
  { timeLimitMs = 20_000, seed }: { timeLimitMs?: number; seed?: number } = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      actions,
      fc.array(question, { minLength: 1, maxLength: 3 }),
      funnel,
      async (does, questions, steps) => {
        await clear(server);
        await run(server, does);
        expect(await filterValueDisagreements(server)).toEqual([]);
        for (const asked of questions) {
          expect(await disagreements(server, asked)).toEqual([]);
          expect(await presenceDisagreements(server, asked)).toEqual([]);
          for (const event of new Set(steps.steps)) {
            expect(await eventDisagreements(server, asked, event)).toEqual([]);
          }
        }
        expect(await funnelDisagreements(server, questions[0]!, steps.steps, steps.windowDays)).toEqual([]);
        if (!does.some((action) => action.do === 'retain'))
          expect(await dailyDisagreements(server)).toEqual([]);
      },
    ),
    { numRuns: runs, ...(seed !== undefined && { seed }), interruptAfterTimeLimit: timeLimitMs },
  );
}
