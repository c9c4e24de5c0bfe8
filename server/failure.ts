/** What a command prints when it fails. */
import { ConfigError } from './config.ts';
import { BackupError } from './store/backup/format.ts';
import { SchemaTooNewError } from './store/migrate.ts';
import { troubleOfDatabase } from './store/trouble.ts';

/** Their messages say all that one needs. */
const EXPLAINED = [ConfigError, BackupError, SchemaTooNewError];

/** One line where the cause is the surroundings; the whole stack where it is a fault of ours. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPLAINED.some((kind) => error instanceof kind)) return error.message;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code.startsWith('ERR_PARSE_ARGS')) return error.message;
  const trouble = troubleOfDatabase(error);
  return trouble === null ? (error.stack ?? error.message) : `DATABASE_URL: ${trouble}`;
}
