/** Crashes by their fault: `/stats/crash-groups`, and what is decided about each. */
import type { FastifyInstance } from 'fastify';

import { ApiError } from '../errors.ts';
import {
  type CrashGroupQuery,
  GROUP_STATUSES,
  type GroupStatus,
  readCrashGroups,
  setGroupStatus,
} from '../store/crash-groups.ts';
import { readCrashModules } from '../store/crash-modules.ts';
import { rangeOf, sendFigures } from './stats.ts';
import { invalid, parseStatsQuery } from './stats-query.ts';

export async function crashGroupRoutes(app: FastifyInstance): Promise<void> {
  app.get('/stats/crash-groups', async (request, reply) => {
    const query = parseCrashQuery(request.url);
    const asOf = new Date();
    const groups = await readCrashGroups(app.pool, query);
    return sendFigures(request, reply, asOf, { ...rangeOf(query), groups });
  });

  app.get('/stats/crash-modules', async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    const asOf = new Date();
    const modules = await readCrashModules(app.pool, query);
    return sendFigures(request, reply, asOf, { ...rangeOf(query), modules });
  });

  app.patch<{ Params: { fingerprint: string } }>('/stats/crash-groups/:fingerprint', async (request) => {
    const status = parseStatus(request.body);
    const decision = await setGroupStatus(app.pool, known(request.params.fingerprint), status);
    if (decision === null) throw noSuchGroup();
    return decision;
  });
}

function parseCrashQuery(url: string): CrashGroupQuery {
  const { query, own } = parseStatsQuery(url, ['crash_type', 'module']);
  for (const [name, value] of Object.entries(own)) {
    // PostgreSQL takes none in a text, and no stored text holds one.
    if (value?.includes('\0')) throw invalid(name, 'expected a text without NUL');
  }
  return { ...query, crashType: own.crash_type, module: own.module };
}

function parseStatus(body: unknown): GroupStatus {
  const given = typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
  const status = GROUP_STATUSES.find((candidate) => candidate === given);
  if (status === undefined) throw invalid('status', `expected ${GROUP_STATUSES.join(', ')}`);
  return status;
}

/** PostgreSQL takes no NUL in a text. */
function known(fingerprint: string): string {
  if (fingerprint.includes('\0')) throw noSuchGroup();
  return fingerprint;
}

function noSuchGroup(): ApiError {
  return new ApiError('not_found', 'no crash of this group is stored');
}
