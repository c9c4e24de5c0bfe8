/** `GET /export/….csv`: what the dashboard is computed from, as files. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type Stringifier, stringify } from 'csv-stringify';
import type { FastifyInstance, FastifyReply } from 'fastify';

import { freshen } from '../jobs/aggregate.ts';
import { readDaily } from '../store/admin-daily.ts';
import { EXPORTED_COLUMNS, type ExportedTable, exportRecords } from '../store/export.ts';
import type { StatsQuery } from '../store/stats/query.ts';
import { FRESHEN_MS } from './stats.ts';
import { parseStatsQuery } from './stats-query.ts';

const DAILY_COLUMNS = [
  'date',
  'active_users',
  'new_users',
  'recordings',
  'completed',
  'failed',
  'cost_usd',
  'crashes',
  'crashed_users',
];

/** A HEAD would run through all rows, only to throw them away. */
const WITHOUT_HEAD = { exposeHeadRoute: false };

export async function exportRoutes(app: FastifyInstance): Promise<void> {
  for (const table of Object.keys(EXPORTED_COLUMNS) as ExportedTable[]) {
    app.get(`/export/${table}.csv`, WITHOUT_HEAD, (request, reply) => {
      const { query } = parseStatsQuery(request.url);
      const csv = createCsv(EXPORTED_COLUMNS[table]);
      const gone = new AbortController();
      csv.once('close', () => {
        if (!csv.readableEnded) gone.abort();
      });
      exportRecords(app.pool, table, query, {
        consume: (rows) => pipeline(rows, csv),
        signal: gone.signal,
      }).catch((error: Error) => {
        // Before the first row this becomes an answer; later the connection breaks, so that no half file looks whole.
        csv.destroy(error);
        if (!gone.signal.aborted) request.log.error({ err: error, table }, 'an export failed');
      });
      return sendFile(reply, table, query).send(csv);
    });
  }

  app.get('/export/daily.csv', WITHOUT_HEAD, async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    await freshen(app.pool, FRESHEN_MS);
    const { days } = await readDaily(app.pool, query);
    return sendFile(reply, 'daily', query).send(Readable.from(days).pipe(createCsv(DAILY_COLUMNS)));
  });
}

/** RFC 4180. Texts that a spreadsheet would run as a formula get an apostrophe in front. */
function createCsv(columns: readonly string[]): Stringifier {
  return stringify({
    header: true,
    columns: [...columns],
    record_delimiter: '\r\n',
    // A lone line feed or carriage return is quoted too.
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: { date: (moment) => moment.toISOString(), boolean: String },
  });
}

function sendFile(reply: FastifyReply, name: string, { from, to }: StatsQuery): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="roost-${name}-${from}-${to}.csv"`);
}
