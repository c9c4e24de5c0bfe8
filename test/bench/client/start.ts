/** What a start costs with records waiting: `node start.ts <dataDir> <roost|bare>`. Prints JSON. */
import { startTelemetry } from '@roost-telemetry/electron/node';
import Database from 'better-sqlite3';

const [dataDir = '', what = 'roost'] = process.argv.slice(2);
// The process's first use of SQLite loads its binary, whoever it is for.
new Database(':memory:').close();

const start = performance.now();
const endpoint = 'http://127.0.0.1:9';
const opened = what === 'roost' ? startTelemetry({ dataDir, endpoint }) : openBare();
const milliseconds = performance.now() - start;
await opened.close();
process.stdout.write(JSON.stringify({ milliseconds }));

/** The least that a queue of one's own would do. */
function openBare(): Database.Database {
  const database = new Database(`${dataDir}/queue.db`);
  database.exec('pragma journal_mode = wal; pragma synchronous = normal');
  database.prepare(
    'insert into records (kind, event_id, captured_at, bytes, payload) values (?, ?, ?, ?, ?)',
  );
  database.prepare('select count(*) from records').get();
  return database;
}
