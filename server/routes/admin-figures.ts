/** What the dashboard shows beside the figures of `GET /stats`: days, releases, choices of filters, the catalogue. */
import type { FastifyInstance } from 'fastify';

import { readDaily } from '../store/admin-daily.ts';
import { readFilterValues } from '../store/admin-filters.ts';
import { readReleases } from '../store/admin-releases.ts';
import { parseStatsQuery } from './stats-query.ts';

export async function adminFigureRoutes(app: FastifyInstance): Promise<void> {
  app.get('/stats/daily', (request) => readDaily(app.pool, parseStatsQuery(request.url).query));
  app.get('/stats/releases', (request) => readReleases(app.pool, parseStatsQuery(request.url).query));
  app.get('/stats/filters', () => readFilterValues(app.pool));
  app.get('/stats/catalogue', (_request, reply) => reply.send({ events: app.config.catalogue }));
}
