/** Watches how large the database grows, where the operator named a limit. */
import type { FastifyInstance } from 'fastify';

import { databaseBytes } from '../store/database-size.ts';

const WARN_SHARE = 0.8;
const MIB = 1024 * 1024;

/** Logs a warning from 80 % of `DATABASE_SIZE_LIMIT_MB` on; the size is a metric in any case. */
export async function checkDatabaseSize(app: FastifyInstance): Promise<void> {
  const bytes = await databaseBytes(app.pool);
  app.metrics.setDatabaseSize(bytes);
  const limit = app.config.databaseSizeLimitMb;
  if (limit === null || bytes < WARN_SHARE * limit * MIB) return;
  app.log.warn(
    {
      size_mb: Math.round(bytes / MIB),
      limit_mb: limit,
      share: Math.round((100 * bytes) / (limit * MIB)) / 100,
    },
    'the database nears its size limit: lower RETENTION_DAYS or enlarge it',
  );
}
