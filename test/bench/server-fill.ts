/** Fills the table of events by SQL, as records of many users over a year would. */
import type { ClientBase } from 'pg';

/** 40 events of each user, random ids, four properties. */
const FILL = `
  insert into events (user_id, event_id, session_id, timestamp, event, app_version, platform, country, environment, properties)
  select md5('user ' || n / 40)::uuid, md5('event ' || n)::uuid, md5('session ' || n / 10)::uuid,
    now() - interval '300 days' + (n % 25000000) * interval '1 second',
    case n % 2 when 0 then 'recording_completed' else 'transcription_completed' end,
    '1.' || n % 5 || '.0', (array['macOS 15.1', 'Windows 11', 'Ubuntu 24.04'])[n % 3 + 1],
    (array['DE', 'US', 'FR', 'JP'])[n % 4 + 1], 'production',
    jsonb_build_object('audio_duration_seconds', round(random()::numeric * 100, 1), 'source', 'widget', 'success', true,
      'processing_time_seconds', round(random()::numeric * 5, 2))
  from generate_series($1::int, $2::int) as n
  on conflict do nothing`;

const STEP = 100_000;

/** Adds rows until there are `rows`. */
export async function fillEvents(client: ClientBase, rows: number): Promise<void> {
  const { rows: counted } = await client.query<{ count: number }>(
    'select count(*)::int as count from events',
  );
  for (let from = counted[0]!.count; from < rows; from += STEP) {
    await client.query(FILL, [from, Math.min(from + STEP, rows) - 1]);
  }
}
