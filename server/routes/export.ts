/** `GET /export/….csv`: what the dashboard is computed from, as files. */
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type Options, stringify } from 'csv-stringify/sync';
import type { FastifyInstance, FastifyReply } from 'fastify';

import { freshen } from '../jobs/aggregate.ts';
import { readDaily } from '../store/admin-daily.ts';
import { EXPORTED_COLUMNS, type ExportedRow, type ExportedTable, exportRecords } from '../store/export.ts';
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
      const file = new PassThrough();
      const gone = new AbortController();
      file.once('close', () => {
        if (!file.readableEnded) gone.abort();
      });
      exportRecords(app.pool, table, query, {
        consume: (batches) => pipeline(toCsv(EXPORTED_COLUMNS[table], batches), file),
        signal: gone.signal,
      }).catch((error: Error) => {
        // Before the first row this becomes an answer; later the connection breaks, so that no half file looks whole.
        file.destroy(error);
        if (!gone.signal.aborted) request.log.error({ err: error, table }, 'an export failed');
      });
      return sendFile(reply, table, query).send(file);
    });
  }

  app.get('/export/daily.csv', WITHOUT_HEAD, async (request, reply) => {
    const { query } = parseStatsQuery(request.url);
    await freshen(app.pool, FRESHEN_MS);
    const { days } = await readDaily(app.pool, query);
    return sendFile(reply, 'daily', query).send(
      head(DAILY_COLUMNS) + stringify(days, { ...CSV, columns: DAILY_COLUMNS }),
    );
  });
}

/** RFC 4180. Texts that a spreadsheet would run as a formula get an apostrophe in front. */
const CSV: Options = {
  record_delimiter: '\r\n',
  // A lone line feed or carriage return is quoted too.
  quote_record_delimiter: true,
  escape_formulas: true,
  cast: { date: (moment) => moment.toISOString(), boolean: String },
};

function head(columns: readonly string[]): string {
  return stringify([[...columns]], CSV);
}

/** A text for each batch: a chunk for each row would take longer to send than to make. */
async function* toCsv(
  columns: readonly string[],
  batches: AsyncIterable<ExportedRow[]>,
): AsyncGenerator<string, void> {
  let begun = false;
  for await (const rows of batches) {
    yield begun ? stringify(rows, CSV) : head(columns) + stringify(rows, CSV);
    begun = true;
  }
  if (!begun) yield head(columns);
}

function sendFile(reply: FastifyReply, name: string, { from, to }: StatsQuery): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="roost-${name}-${from}-${to}.csv"`);
}
