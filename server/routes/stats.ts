/** The figures of docs/metrics.md: `GET /stats` and what lies below it. */
import { createHash } from 'node:crypto';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { freshen } from '../jobs/aggregate.ts';
import { readCohorts } from '../store/stats/cohorts.ts';
import { readFunnel } from '../store/stats/funnel.ts';
import { readStats } from '../store/stats/index.ts';
import { invalid, parseStatsQuery } from './stats-query.ts';

/** How long a reader waits for records that are not in the rollups yet. Under a longer backlog `as_of` tells. */
export const FRESHEN_MS = 2_000;

const MIN_STEPS = 2;
const MAX_STEPS = 10;
const DEFAULT_WINDOW_DAYS = 7;
const MAX_WINDOW_DAYS = 90;

export async function statsRoutes(app: FastifyInstance): Promise<void> {
  app.get('/stats', async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    const asOf = await freshen(app.pool, FRESHEN_MS);
    return sendFigures(request, reply, asOf, await readStats(app.pool, query));
  });

  app.get('/stats/cohorts', async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    const asOf = await freshen(app.pool, FRESHEN_MS);
    return sendFigures(request, reply, asOf, {
      ...rangeOf(query),
      cohorts: await readCohorts(app.pool, query),
    });
  });

  app.get('/stats/funnel', async (request, reply) => {
    const { query, own } = parseStatsQuery(request.url, ['steps', 'window_days']);
    const steps = parseSteps(own.steps, app.catalogue.catalogue);
    const windowDays = parseWindow(own.window_days);
    const asOf = await freshen(app.pool, FRESHEN_MS);
    return sendFigures(request, reply, asOf, {
      ...rangeOf(query),
      steps: await readFunnel(app.pool, { ...query, steps, windowDays }),
    });
  });
}

export function rangeOf({ from, to }: { from: string; to: string }): { from: string; to: string } {
  return { from, to };
}

/**
 * Answers figures with the moment as of which they are complete. A reader who asks again with the answer's ETag
 * gets 304 as long as no figure has changed; the header tells the moment then too.
 */
export function sendFigures(
  request: FastifyRequest,
  reply: FastifyReply,
  asOf: Date,
  figures: Record<string, unknown>,
): FastifyReply {
  const etag = `"${createHash('sha256').update(JSON.stringify(figures)).digest('base64url')}"`;
  reply
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('roost-as-of', asOf.toISOString());
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(etag)) return reply.code(304).send();
  return reply.send({ ...figures, as_of: asOf.toISOString() });
}

function parseSteps(value: string | undefined, catalogue: Readonly<Record<string, unknown>>): string[] {
  const steps = value?.split(',') ?? [];
  if (steps.length < MIN_STEPS || steps.length > MAX_STEPS) {
    throw invalid('steps', `expected ${MIN_STEPS} to ${MAX_STEPS} event names, separated by commas`);
  }
  const unknown = steps.find((step) => !Object.hasOwn(catalogue, step));
  if (unknown !== undefined) throw invalid('steps', `${JSON.stringify(unknown)} is not in the catalogue`);
  return steps;
}

function parseWindow(value: string | undefined): number {
  if (value === undefined) return DEFAULT_WINDOW_DAYS;
  const days = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (days < 1 || days > MAX_WINDOW_DAYS) throw invalid('window_days', `expected 1 to ${MAX_WINDOW_DAYS}`);
  return days;
}
