/** The app's own events: `GET /stats/events`, `/stats/events/:name`, and the live view, `/stats/recent`. */
import type { FastifyInstance } from 'fastify';

import { ApiError } from '../errors.ts';
import { freshen } from '../jobs/aggregate.ts';
import { readEventCounts } from '../store/stats/event-counts.ts';
import { readNumberProperty, readValueCounts } from '../store/stats/event-properties.ts';
import { type Interval, readEventSeries } from '../store/stats/event-series.ts';
import { readRecent } from '../store/stats/recent.ts';
import { FRESHEN_MS, rangeOf, sendFigures } from './stats.ts';
import { invalid, parseStatsQuery } from './stats-query.ts';

export async function statsEventRoutes(app: FastifyInstance): Promise<void> {
  app.get('/stats/events', async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    const asOf = await freshen(app.pool, FRESHEN_MS);
    return sendFigures(request, reply, asOf, {
      ...rangeOf(query),
      events: await readEventCounts(app.pool, query),
    });
  });

  app.get<{ Params: { name: string } }>('/stats/events/:name', async (request, reply) => {
    const { name } = request.params;
    const { query, own } = parseStatsQuery(request.url, ['interval', 'property']);
    const interval = parseInterval(own.interval);
    const definition = Object.hasOwn(app.catalogue.catalogue, name)
      ? app.catalogue.catalogue[name]
      : undefined;
    const { property } = own;
    const type =
      property !== undefined && definition && Object.hasOwn(definition.properties, property)
        ? definition.properties[property]!.type
        : undefined;
    if (property !== undefined && type === undefined)
      throw invalid('property', 'not in the catalogue for this event');
    const asOf = await freshen(app.pool, FRESHEN_MS);
    const series = name.includes('\0') ? null : await readEventSeries(app.pool, query, name, interval);
    if (series === null || (definition === undefined && series.count === 0)) {
      throw new ApiError('not_found', 'no such event in the catalogue or in range');
    }
    const figures = { ...rangeOf(query), event: name, interval, ...series };
    if (property === undefined) return sendFigures(request, reply, asOf, figures);
    const summary =
      type === 'number' || type === 'integer'
        ? await readNumberProperty(app.pool, query, name, property)
        : { values: await readValueCounts(app.pool, query, name, property) };
    return sendFigures(request, reply, asOf, { ...figures, property: { name: property, type, ...summary } });
  });

  app.get('/stats/recent', async (request, reply) => {
    const { query, own } = parseStatsQuery(request.url, ['after']);
    const asOf = new Date();
    const records = await readRecent(app.pool, query, parseMoment(own.after));
    return sendFigures(request, reply, asOf, { ...rangeOf(query), records });
  });
}

function parseInterval(value = 'day'): Interval {
  if (value !== 'day' && value !== 'week') throw invalid('interval', 'expected day or week');
  return value;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

function parseMoment(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!MOMENT.test(value) || Number.isNaN(Date.parse(value))) {
    throw invalid('after', 'expected a time such as 2026-06-01T10:00:00.000Z');
  }
  return value;
}
