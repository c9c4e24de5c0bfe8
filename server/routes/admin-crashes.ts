/** `GET /stats/crash-groups/:fingerprint/crashes`: one group in full. */
import type { FastifyInstance } from 'fastify';

import { readGroupCrashes } from '../store/admin-crashes.ts';
import { rangeOf, sendFigures } from './stats.ts';
import { parseStatsQuery } from './stats-query.ts';

export async function adminCrashRoutes(app: FastifyInstance): Promise<void> {
  app.get<{ Params: { fingerprint: string } }>(
    '/stats/crash-groups/:fingerprint/crashes',
    async (request, reply) => {
      const { query } = parseStatsQuery(request.url);
      const asOf = new Date();
      // No stored text holds NUL, which PostgreSQL does not take.
      const fingerprint = request.params.fingerprint.replaceAll('\0', '');
      const group = await readGroupCrashes(app.pool, query, fingerprint);
      return sendFigures(request, reply, asOf, { ...rangeOf(query), ...group });
    },
  );
}
