/** What the dashboard shows beside the figures of `GET /stats`: days, releases, choices of filters, the catalogue. */
import type { FastifyInstance } from 'fastify';

import { freshen } from '../jobs/aggregate.ts';
import { readDaily } from '../store/admin-daily.ts';
import { readFilterValues } from '../store/admin-filters.ts';
import { readReleases } from '../store/admin-releases.ts';
import { FRESHEN_MS, rangeOf, sendFigures } from './stats.ts';
import { parseStatsQuery } from './stats-query.ts';

/** Choices may lag behind the figures a little. */
const CHOICES_FRESHEN_MS = 200;

export async function adminFigureRoutes(app: FastifyInstance): Promise<void> {
  app.get('/stats/daily', async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    const asOf = await freshen(app.pool, FRESHEN_MS);
    return sendFigures(request, reply, asOf, { ...rangeOf(query), ...(await readDaily(app.pool, query)) });
  });

  app.get('/stats/releases', async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    const asOf = await freshen(app.pool, FRESHEN_MS);
    return sendFigures(request, reply, asOf, { ...rangeOf(query), ...(await readReleases(app.pool, query)) });
  });

  app.get('/stats/filters', async (request, reply) => {
    const asOf = await freshen(app.pool, CHOICES_FRESHEN_MS);
    return sendFigures(request, reply, asOf, await readFilterValues(app.pool));
  });

  app.get('/stats/catalogue', (_request, reply) => reply.send({ events: app.config.catalogue }));
}
