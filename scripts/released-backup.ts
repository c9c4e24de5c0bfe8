/**
 * Makes the backup that later releases are tested against, of a database that holds the conformance trace:
 * `node scripts/released-backup.ts` writes `test/fixtures/released/<version>/server.backup`. Once at each release.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { pino } from 'pino';

import { buildApp } from '../server/app.ts';
import { readConfig } from '../server/config.ts';
import { openDatabase } from '../server/database.ts';
import { aggregate } from '../server/jobs/aggregate.ts';
import { writeBackup } from '../server/store/backup/write-backup.ts';
import { migrate } from '../server/store/migrate.ts';
import { openPool } from '../server/store/pool.ts';
import { VERSION } from '../server/version.ts';
import { postTrace } from '../test/helpers/trace.ts';

const file = join(dirname(import.meta.dirname), 'test', 'fixtures', 'released', VERSION, 'server.backup');
const dataDir = mkdtempSync(join(tmpdir(), 'roost-released-'));
const config = readConfig({ DATA_DIR: dataDir, RETENTION_DAYS: '36500', RATE_LIMIT: '0' });

const database = await openDatabase(config);
try {
  await migrate(database.url);
  const pool = openPool({ url: database.url });
  const app = await buildApp({ config, pool, logger: pino({ level: 'silent' }) });
  await postTrace({
    async post(path, body) {
      const answer = await app.inject({ method: 'POST', url: path, payload: body as object });
      return { status: answer.statusCode, body: answer.json<unknown>() };
    },
  });
  await aggregate(pool, config);
  await app.close();
  await pool.end();
  mkdirSync(dirname(file), { recursive: true });
  const { rows, schema } = await writeBackup(database.url, file);
  console.log(`${file}: ${rows.events} events, ${rows.crashes} crashes, schema ${schema}`);
} finally {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
