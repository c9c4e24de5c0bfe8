/** The database: what it is, whether its schema fits, whether its clock agrees, whether the jobs keep up. */
import type { ServerConfig } from '../config.ts';
import { type DatabaseFacts, readDatabaseFacts } from '../store/database-facts.ts';
import { migrate } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { type Finding, bad, good, warning } from './finding.ts';

/** The first with multiranges, which the rollups are made of. */
const OLDEST_POSTGRESQL = 14;
const CLOCK_TOLERANCE_SECONDS = 5;
/** Rollups are brought up to date every two seconds; this long a wait is no coincidence. */
const LATE_SECONDS = 120;
/** Retention removes whole days, hourly. */
const RETENTION_TOLERANCE_DAYS = 2;
const FULL_SHARE = 0.8;
const MIB = 2 ** 20;

export async function examineDatabase(url: string, config: ServerConfig): Promise<Finding[]> {
  const schema = await examineSchema(url);
  const pool = openPool({ url, connections: 1 });
  try {
    const facts = await readDatabaseFacts(pool, { withRecords: schema.level === 'good' });
    const findings = [examineKind(facts), schema, examineClock(facts), examineSize(facts, config)];
    return facts.records ? [...findings, ...examineJobs(facts.records, config)] : findings;
  } finally {
    await pool.end();
  }
}

async function examineSchema(url: string): Promise<Finding> {
  try {
    const { applied, version } = await migrate(url, { dryRun: true });
    if (applied.length === 0) return good('schema', `up to date (${version})`);
    return warning('schema', `${applied.length} migrations wait: the next start of the server applies them`);
  } catch (error) {
    return bad('schema', error instanceof Error ? error.message : String(error));
  }
}

function examineKind({ version, encoding }: DatabaseFacts): Finding {
  const what = `PostgreSQL ${version}, ${encoding}`;
  if (Number.parseInt(version, 10) < OLDEST_POSTGRESQL) {
    return bad('database', `${what}: version ${OLDEST_POSTGRESQL} or later is needed`);
  }
  if (encoding !== 'UTF8') return bad('database', `${what}: make a database with encoding UTF8`);
  return good('database', what);
}

function examineClock({ clockAheadSeconds }: DatabaseFacts): Finding {
  const seconds = Math.round(Math.abs(clockAheadSeconds));
  if (seconds <= CLOCK_TOLERANCE_SECONDS) return good('clock', 'agrees with the database');
  const side = clockAheadSeconds > 0 ? 'ahead of' : 'behind';
  return warning('clock', `the database is ${seconds} s ${side} this machine: set both by NTP`);
}

function examineSize({ bytes }: DatabaseFacts, { databaseSizeLimitMb }: ServerConfig): Finding {
  const size = `${Math.round(bytes / MIB)} MiB`;
  if (databaseSizeLimitMb === null) return good('size', `${size}, DATABASE_SIZE_LIMIT_MB is not set`);
  const share = bytes / (databaseSizeLimitMb * MIB);
  const text = `${size}, ${Math.round(100 * share)}% of the limit`;
  if (share < FULL_SHARE) return good('size', text);
  return warning('size', `${text}: lower RETENTION_DAYS or enlarge the database`);
}

function examineJobs(
  { oldestMarkSeconds, oldestRecordDays }: NonNullable<DatabaseFacts['records']>,
  { retentionDays }: ServerConfig,
): Finding[] {
  const late = oldestMarkSeconds !== null && oldestMarkSeconds > LATE_SECONDS;
  const overdue = oldestRecordDays !== null && oldestRecordDays > retentionDays + RETENTION_TOLERANCE_DAYS;
  return [
    late
      ? warning(
          'rollups',
          `records wait for ${Math.round(oldestMarkSeconds)} s: start the server, or run "roost-server aggregate"`,
        )
      : good('rollups', 'up to date'),
    overdue
      ? warning(
          'retention',
          `the oldest record is ${Math.floor(oldestRecordDays)} days old, RETENTION_DAYS is ${retentionDays}: start the server, or run "roost-server retention"`,
        )
      : good('retention', `nothing older than ${retentionDays} days`),
  ];
}
