import { afterAll, beforeAll, test } from 'vitest';

import type { TestServer } from '../../../helpers/server.ts';
import { checkAgainstReference, startWorld } from './against-reference.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());

test('random records in random order give the figures of the brute-force SQL', { timeout: 120_000 }, () =>
  checkAgainstReference(server, 12, { seed: 20_260_601 }),
);
