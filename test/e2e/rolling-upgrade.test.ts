/** Three servers are replaced one by one by the next version, which changes the schema, while apps go on sending. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { newestSchema } from '../../server/store/migrate.ts';
import { Client } from '../torture/chain/client.ts';
import { Ledger } from '../torture/chain/ledger.ts';
import { Postgres, Server } from '../torture/chain/servers.ts';
import { FaultProxy } from '../torture/fault-proxy.ts';

const root = join(import.meta.dirname, '../..');
const SERVERS = 3;

/** What a next version may do while the old one still works on the same tables. */
const NEXT_MIGRATION = `
  alter table events add column next_version_note text;
  create index events_next_version on events (user_id, event) where next_version_note is not null;
  create table next_version (id int primary key);
`;

/** This server, with one migration more. */
function makeNextVersion(folder: string, schema: number): string {
  const next = join(folder, 'next');
  for (const part of ['package.json', 'server', 'lib', 'migrations']) {
    cpSync(join(root, part), join(next, part), {
      recursive: true,
      filter: (source) => !/[\\/](node_modules|dist)$/.test(source),
    });
  }
  for (const modules of ['node_modules', 'server/node_modules']) {
    if (existsSync(join(root, modules))) symlinkSync(join(root, modules), join(next, modules), 'junction');
  }
  writeFileSync(join(next, 'migrations', `${String(schema).padStart(6, '0')}-next.sql`), NEXT_MIGRATION);
  return join(next, 'server', 'main.ts');
}

it('loses nothing while servers are upgraded one by one under load', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roost-upgrade-'));
  // PostgreSQL's own user has to get through.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const schema = (await newestSchema()) + 1;
  const nextVersion = makeNextVersion(folder, schema);
  const compileCache = join(folder, 'compiled');
  const postgres = await Postgres.start(join(folder, 'database'));
  onTestFinished(() => postgres.close());
  const servers = Array.from({ length: SERVERS }, () => new Server(postgres.url, compileCache, 0));
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
  });
  await Promise.all(servers.map((server) => server.start()));

  const ledger = new Ledger(() => []);
  let life = 0;
  let turn = 0;
  const proxy = new FaultProxy({
    // Each request begins with another one.
    servers: () => {
      turn += 1;
      return servers.map((_, index) => servers[(turn + index) % SERVERS]!.url);
    },
    random: Math.random,
  });
  await proxy.open();
  onTestFinished(() => proxy.close());
  const apps = [0, 1].map((profile) => {
    const dataDir = join(folder, `profile-${profile}`);
    mkdirSync(dataDir);
    return new Client({
      profile,
      dataDir,
      compileCache,
      endpoint: () => proxy.endpoint,
      ledger,
      nextLife: () => (life += 1),
      clockAheadMs: 0,
    });
  });
  onTestFinished(async () => {
    await Promise.all(apps.map((app) => app.end('SIGKILL')));
  });
  await Promise.all(apps.map((app) => app.start()));

  const answered = (): Promise<void> =>
    new Promise((resolve) => {
      proxy.onceAnswered(resolve);
    });
  for (const server of servers) {
    await Promise.all(apps.map((app) => app.hears(20)));
    await server.end('SIGTERM');
    server.main = nextVersion;
    await server.start();
    await answered();
  }
  await Promise.all(apps.map((app) => app.hears(20)));
  await Promise.all(apps.map((app) => app.end('SIGKILL')));
  for (const app of apps) {
    expect(await app.recover()).toMatchObject({ events: 0, crashes: 0, dropped: {} });
  }

  expect(apps.flatMap((app) => app.unexpected)).toEqual([]);
  expect(servers.flatMap(({ ends }) => ends)).toEqual([]);
  const database = await postgres.connect();
  onTestFinished(() => database.end());
  const { total } = await ledger.compare(database, new Set());
  expect(total.captured).toBeGreaterThan(100);
  expect(total).toMatchObject({ stored: total.captured, lost: 0, doubled: 0 });
  const { rows } = await database.query('select max(version)::int as version from roost_schema_version');
  expect(rows).toEqual([{ version: schema }]);
  // A server of the old version that is started now says so and leaves the database alone.
  const old = servers[0]!;
  await old.end('SIGTERM');
  old.main = join(root, 'server', 'main.ts');
  void old.start();
  await expect.poll(() => old.ends.join('\n'), { timeout: 60_000 }).toContain('update the server');
}, 600_000);
