/** Runs random actions against a real server, and holds its figures to the reference. */
import { removeExpired } from '../../../../server/jobs/retention.ts';
import { aggregate, catchUp } from '../../../../server/jobs/aggregate.ts';
import { parseStatsQuery } from '../../../../server/routes/stats-query.ts';
import { readDaily } from '../../../../server/store/admin-daily.ts';
import { readReleases } from '../../../../server/store/admin-releases.ts';
import { aggregateStep } from '../../../../server/store/rollups/index.ts';
import { readEventSeries } from '../../../../server/store/stats/event-series.ts';
import { differences, getFigures } from '../../../helpers/figures.ts';
import type { TestServer } from '../../../helpers/server.ts';
import { referenceEvents } from '../../../reference/events.ts';
import { referenceFilterValues } from '../../../reference/filter-values.ts';
import { referenceFunnel } from '../../../reference/funnel.ts';
import { type Question, referenceFigures } from '../../../reference/reference.ts';
import { forget, remember } from '../../../reference/remembered.ts';
import { referenceReleases } from '../../../reference/releases.ts';
import { referenceCohorts, referenceDays } from '../../../reference/users-over-time.ts';
import type { Action } from './population.ts';

const DAY_MS = 86_400_000;
/** Far more than any made day lies back, so that nothing is refused as too old. */
const RETENTION_DAYS = 36_500;

export async function clear(server: TestServer): Promise<void> {
  await server.pool.query(
    `truncate events, crashes, erased_users, client_dropped, dirty_user_days, facets, event_names, user_days, user_facets,
       user_environments, session_days, auto_paste_toggles, uncaught_crashes, environment_days, environment_cohorts, environment_events,
       environment_failures, environment_processing, environment_newcomers, user_histories, error_types, dirty_days, user_stats,
       facet_days, reference_remembered`,
  );
}

export async function run(server: TestServer, actions: readonly Action[]): Promise<void> {
  const posted: Extract<Action, { do: 'post' }>[] = [];
  for (const action of actions) await perform(server, action, posted);
}

async function perform(
  server: TestServer,
  action: Action,
  posted: Extract<Action, { do: 'post' }>[],
): Promise<void> {
  switch (action.do) {
    case 'post':
      posted.push(action);
      await post(server, action);
      break;
    case 'repeat': {
      const earlier = posted.at(-1 - action.back);
      if (earlier) await post(server, earlier);
      break;
    }
    case 'aggregate':
      await aggregateStep(server.pool, action.marks);
      break;
    case 'erase':
      await fetch(`${server.url}/users/${action.user}`, { method: 'DELETE' });
      await forget(server.pool);
      break;
    case 'retain':
      await catchUp(server.pool);
      await remember(server.pool);
      await removeExpired(server.pool, {
        retentionDays: RETENTION_DAYS,
        now: Date.parse(action.from) + RETENTION_DAYS * DAY_MS,
      });
      await catchUp(server.pool);
      await forget(server.pool);
      break;
    case 'race':
      await Promise.all(action.actions.map((each) => perform(server, each, posted)));
      break;
  }
}

async function post(server: TestServer, { events, crashes }: Extract<Action, { do: 'post' }>): Promise<void> {
  const answers = [
    ...(events.length > 0 ? [await server.post('/track', { events })] : []),
    ...(crashes.length > 0 ? [await server.post('/crash', { crashes })] : []),
  ];
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new Error(`a batch was answered ${refused.status}: ${JSON.stringify(refused.body)}`);
}

/** Where the server's figures are not those of the reference. */
export async function disagreements(server: TestServer, question: Question): Promise<string[]> {
  return differences(
    await referenceFigures(server.pool, question),
    await getFigures(server, `/stats?${toQuery(question)}`),
  );
}

export async function funnelDisagreements(
  server: TestServer,
  question: Question,
  steps: readonly string[],
  windowDays: number,
): Promise<string[]> {
  const { steps: answered } = await getFigures(
    server,
    `/stats/funnel?${toQuery(question)}&steps=${steps.join(',')}&window_days=${windowDays}`,
  );
  const users = await referenceFunnel(server.pool, question, steps, windowDays);
  const expected = steps.map((event, i) => ({
    event,
    users: users[i]!,
    rate: users[0] === 0 ? null : users[i]! / users[0]!,
  }));
  return differences(expected, answered, 'steps');
}

/** The same of the app's own events, and of one of them over time. */
export async function eventDisagreements(
  server: TestServer,
  question: Question,
  event: string,
): Promise<string[]> {
  const expected = await referenceEvents(server.pool, question, event);
  const { events } = await getFigures(server, `/stats/events?${toQuery(question)}`);
  const found = differences(expected.byName, events, 'events');
  for (const interval of ['day', 'week'] as const) {
    const { query } = parseStatsQuery(`/stats?${toQuery(question)}`);
    const { series, ...inAll } = await readEventSeries(server.pool, query, event, interval);
    const periods = series.filter(({ count }) => count > 0);
    found.push(
      ...differences(expected.inAll, inAll, event),
      ...differences(expected[interval], periods, `${event} by ${interval}`),
    );
  }
  return found;
}

/** The same of cohorts, of the users of each day, and of releases. */
export async function presenceDisagreements(server: TestServer, question: Question): Promise<string[]> {
  const { cohorts } = await getFigures(server, `/stats/cohorts?${toQuery(question)}`);
  const { query } = parseStatsQuery(`/stats?${toQuery(question)}`);
  const { days } = await readDaily(server.pool, query);
  const { releases } = await readReleases(server.pool, query);
  const byName = (a: { app_version: string }, b: { app_version: string }): number =>
    a.app_version < b.app_version ? -1 : 1;
  const users = days.map(({ date, active_users, new_users }) => ({ date, active_users, new_users }));
  return [
    ...differences(await referenceCohorts(server.pool, question), cohorts, 'cohorts'),
    ...differences(await referenceDays(server.pool, question), users, 'days'),
    ...differences(
      (await referenceReleases(server.pool, question)).toSorted(byName),
      releases
        .map((release) => ({ ...release, days: release.days.filter((day) => day.users > 0) }))
        .toSorted(byName),
      'releases',
    ),
  ];
}

/** The same of what can be filtered by. */
export async function filterValueDisagreements(server: TestServer): Promise<string[]> {
  const { as_of: _, ...values } = await getFigures(server, '/stats/filters');
  return differences(await referenceFilterValues(server.pool), values, 'filters');
}

/** Where a row of `user_stats` is not what the figures say of that day alone. */
export async function dailyDisagreements(server: TestServer): Promise<string[]> {
  await aggregate(server.pool, { retentionDays: RETENTION_DAYS });
  const { rows } = await server.pool.query<Record<string, unknown> & { date: string }>(
    `select date::text, total_users::int, active_users::int, new_users::int, total_recordings::int, total_minutes,
       total_cost_usd, crash_count::int, crash_rate
     from user_stats
     where date <= (select max(day) from user_days) order by random() limit 4`,
  );
  const found: string[] = [];
  for (const { date, ...row } of rows) {
    const stats = (await referenceFigures(server.pool, { from: date, to: date })) as Record<
      string,
      Record<string, unknown>
    >;
    const newcomers = await server.pool.query<{ users: number }>(
      `select count(*)::int as users from user_environments where environment = 'production' and first_day = $1::date`,
      [date],
    );
    const active = stats.growth!.active_users_1d as number;
    const expected = {
      total_users: stats.growth!.total_users,
      active_users: active,
      new_users: newcomers.rows[0]!.users,
      total_recordings: stats.usage!.total_recordings,
      total_minutes: stats.usage!.total_minutes_recorded,
      crash_count: stats.stability!.crashes,
      crash_rate: stats.stability!.crashes_per_active_user,
    };
    found.push(...differences(expected, row, `user_stats of ${date}`));
  }
  return found;
}

function toQuery({ from, to, ...filters }: Question): string {
  const query = new URLSearchParams({ from, to });
  for (const [name, values] of Object.entries(filters))
    query.set(name, values === null ? 'all' : values!.join(','));
  return query.toString();
}
