/**
 * The reference of `npm run bench -- server`: the least that could take events over HTTP. Fastify, zod, one
 * `unnest` insert a request into one table with the same key, answer after commit. No keys, duplicates within a
 * batch, marks, tombstones, redaction, compression or metrics.
 *
 * `node test/bench/server-probe.ts DATABASE_URL` prints its address.
 */
import { fastify } from 'fastify';
import { Pool } from 'pg';
import * as z from 'zod/mini';

import { eventSchema } from '../../lib/record/event.ts';

const bodySchema = z.object({ events: z.array(eventSchema).check(z.minLength(1), z.maxLength(500)) });

const TABLE = `
  create table if not exists probe_events (
    user_id uuid not null,
    event_id uuid not null,
    session_id uuid,
    timestamp timestamptz not null,
    event text collate "C" not null,
    app_version text collate "C" not null,
    platform text collate "C" not null,
    country text collate "C",
    properties jsonb not null,
    primary key (user_id, event_id)
  )`;

const INSERT = `
  insert into probe_events
    (user_id, event_id, session_id, timestamp, event, app_version, platform, country, properties)
  select * from unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[])
  on conflict (user_id, event_id) do nothing`;

const pool = new Pool({ connectionString: process.argv[2]!, max: 10 });
await pool.query(TABLE);
const app = fastify({ bodyLimit: 1024 * 1024 });
app.post('/track', async (request) => {
  const { events } = bodySchema.parse(request.body);
  const { rowCount } = await pool.query(INSERT, [
    events.map((event) => event.user_id),
    events.map((event) => event.event_id),
    events.map((event) => event.session_id ?? null),
    events.map((event) => event.timestamp),
    events.map((event) => event.event),
    events.map((event) => event.app_version),
    events.map((event) => event.platform),
    events.map((event) => event.country ?? null),
    events.map((event) => JSON.stringify(event.properties)),
  ]);
  return { accepted: rowCount ?? 0, duplicates: events.length - (rowCount ?? 0), stripped: 0, rejected: [] };
});
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('SIGTERM', () => void app.close().then(() => pool.end()));
