/**
 * A backup is one text file, compressed with zstd. Lines, in this order:
 *
 *   -- roost-backup {"format":1,"schema":5,…}          what it is
 *   copy events (user_id, event_id, …) from stdin;      then the table's rows in PostgreSQL's COPY text form,
 *   \.                                                  and its end; so for each table
 *   -- end {"tables":{"events":{"rows":3,"sha256":"…"},…}}
 *
 * So it is written and read as a stream, a file that was cut off is told from a whole one, and people can read it.
 */
import * as z from 'zod';

export const FORMAT = 1;
export const HEADER = '-- roost-backup ';
export const TRAILER = '-- end ';
export const END_OF_ROWS = '\\.\n';

export const headerSchema = z.object({
  format: z.literal(FORMAT),
  /** Version of the database's schema. */
  schema: z.int().min(1),
  /** Of the server that wrote it. */
  server: z.string(),
  created_at: z.iso.datetime(),
});
export type BackupHeader = z.output<typeof headerSchema>;

const tableSumSchema = z.object({ rows: z.int().min(0), sha256: z.string().length(64) });
/** How many rows a table has, and the SHA-256 of their text. */
export type TableSum = z.output<typeof tableSumSchema>;

export const trailerSchema = z.object({ tables: z.record(z.string(), tableSumSchema) });

export interface TableColumns {
  table: string;
  columns: string[];
}

const NAME = '[a-z_][a-z0-9_]*';
const COPY = new RegExp(`^copy (${NAME}) \\((${NAME}(?:, ${NAME})*)\\) from stdin;$`);

/** Roost's names need no quotes; others are refused, here and when a backup is made. */
export function copyLine({ table, columns }: TableColumns): string {
  const line = `copy ${table} (${columns.join(', ')}) from stdin;`;
  if (!COPY.test(line)) throw new Error(`table ${table} has a name that a backup cannot hold`);
  return `${line}\n`;
}

export function parseCopyLine(line: string): TableColumns | null {
  const match = COPY.exec(line);
  return match && { table: match[1]!, columns: match[2]!.split(', ') };
}

/** A file that is no backup, is damaged, or does not fit. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
