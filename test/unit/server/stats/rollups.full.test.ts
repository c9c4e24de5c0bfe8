import { afterAll, beforeAll, test } from 'vitest';

import type { TestServer } from '../../../helpers/server.ts';
import { checkAgainstReference, startWorld } from './against-reference.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());

test('hundreds of random worlds give the figures of the brute-force SQL', () =>
  checkAgainstReference(server, 400, { timeLimitMs: 400_000 }));
