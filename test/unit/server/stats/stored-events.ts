/** Events as they lie in the database, and the marks that tell the aggregator of them. */
import type { TestServer } from '../../../helpers/server.ts';

interface OfEvents {
  event?: string;
  version?: string;
}

/** One event at one o'clock of each of these days. */
export async function storeEvents(
  server: TestServer,
  user: string,
  days: readonly string[],
  { event = 'app_opened', version = '1' }: OfEvents = {},
): Promise<void> {
  await server.pool.query(
    `insert into events (user_id, event_id, timestamp, event, app_version, platform, country, environment, properties)
     select $1, gen_random_uuid(), day + interval '1 hour', $3, $4, 'macOS 15', 'DE', 'production', '{}'
     from unnest($2::date[]) as day`,
    [user, days, event, version],
  );
  await markDays(server, user, days);
}

/** All events of these days. */
export async function removeEvents(server: TestServer, user: string, days: readonly string[]): Promise<void> {
  await server.pool.query(
    `delete from events where user_id = $1 and (timestamp at time zone 'UTC')::date = any ($2::date[])`,
    [user, days],
  );
  await markDays(server, user, days);
}

export async function markDays(server: TestServer, user: string, days: readonly string[]): Promise<void> {
  await server.pool.query('insert into dirty_user_days (user_id, day) select $1, unnest($2::date[])', [
    user,
    days,
  ]);
}
