import { afterAll, beforeAll, expect, test } from 'vitest';

import { getFigures } from '../../../helpers/figures.ts';
import { makeCrash, makeEvent } from '../../../helpers/records.ts';
import { type TestServer, startTestServer } from '../../../helpers/server.ts';

const RANGE = 'from=2026-06-01&to=2026-06-14';
const [ann, ben, cleo] = [makeEvent().user_id, makeEvent().user_id, makeEvent().user_id];
const did = (
  user_id: string,
  moment: string,
  event: string,
  properties: Record<string, number | string | boolean> = {},
) => makeEvent({ user_id, timestamp: `2026-06-${moment}Z`, event, properties });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const { body } = await server.post('/track', {
    events: [
      did(ann, '01T10:00:00.000', 'app_opened', { startup_time_seconds: 1 }),
      did(ann, '01T10:01:00.000', 'recording_started', { source: 'widget' }),
      did(ann, '09T10:00:00.000', 'app_opened', { startup_time_seconds: 2 }),
      did(ben, '02T10:00:00.000', 'app_opened', { startup_time_seconds: 4 }),
      did(ben, '13T10:00:00.000', 'recording_started', { source: 'widget' }),
      did(ben, '13T10:00:00.000', 'recording_started', { source: 'main_window' }),
      did(cleo, '08T10:00:00.000', 'recording_started'),
    ],
  });
  expect(body).toMatchObject({ accepted: 7 });
  await server.post('/crash', {
    crashes: [makeCrash({ user_id: ann, timestamp: '2026-06-01T10:02:00.000Z' })],
  });
});
afterAll(() => server?.close());

const refusal = async (path: string): Promise<{ status: number; message: string }> => {
  const response = await fetch(`${server.url}${path}`, { headers: server.adminHeaders });
  const body = (await response.json()) as { error: { message: string } };
  return { status: response.status, message: body.error?.message };
};

test('a funnel counts who got how far in the window', async () => {
  expect(await getFigures(server, `/stats/funnel?${RANGE}&steps=app_opened,recording_started`)).toMatchObject(
    {
      steps: [
        { event: 'app_opened', users: 2, rate: 1 },
        { event: 'recording_started', users: 1, rate: 0.5 },
      ],
    },
  );
  const wide = await getFigures(
    server,
    `/stats/funnel?${RANGE}&steps=app_opened,recording_started&window_days=11`,
  );
  expect(wide).toMatchObject({ steps: [{ users: 2 }, { users: 2 }] });
});

test('a funnel that nobody entered has no rates', async () => {
  expect(await getFigures(server, `/stats/funnel?${RANGE}&steps=dictionary_used,app_opened`)).toMatchObject({
    steps: [
      { users: 0, rate: null },
      { users: 0, rate: null },
    ],
  });
});

test.each([
  ['steps', '/stats/funnel'],
  ['steps', '/stats/funnel?steps=app_opened'],
  ['steps', '/stats/funnel?steps=app_opened,'],
  ['steps', '/stats/funnel?steps=app_opened,no_such_event'],
  ['steps', '/stats/funnel?steps=app_opened,constructor'],
  ['steps', `/stats/funnel?steps=${Array.from({ length: 11 }, () => 'app_opened').join(',')}`],
  ['window_days', '/stats/funnel?steps=app_opened,app_opened&window_days=0'],
  ['window_days', '/stats/funnel?steps=app_opened,app_opened&window_days=91'],
  ['window_days', '/stats/funnel?steps=app_opened,app_opened&window_days=7.5'],
  ['steps', '/stats/cohorts?steps=app_opened,app_opened'],
  ['interval', '/stats/events/app_opened?interval=month'],
  ['property', '/stats/events/app_opened?property=source'],
  ['after', '/stats/recent?after=yesterday'],
  ['from', '/stats/recent?from=2026-02-30'],
])('a wrong %s is refused by name: %s', async (parameter, path) => {
  expect(await refusal(path)).toMatchObject({
    status: 400,
    message: expect.stringMatching(`^${parameter}: `) as string,
  });
});

test('cohorts follow the users of each week', async () => {
  expect(await getFigures(server, `/stats/cohorts?${RANGE}`)).toMatchObject({
    cohorts: [
      { week_start: '2026-06-01', users: 2, active: [2, 2] },
      { week_start: '2026-06-08', users: 1, active: [1] },
    ],
  });
  expect(await getFigures(server, '/stats/cohorts?from=2026-06-04&to=2026-06-08')).toMatchObject({
    cohorts: [
      { week_start: '2026-06-01', users: 2, active: [2, 0] },
      { week_start: '2026-06-08', users: 1, active: [1] },
    ],
  });
});

test('events are listed with their users, most frequent first', async () => {
  expect(await getFigures(server, `/stats/events?${RANGE}`)).toMatchObject({
    events: [
      { event: 'recording_started', count: 4, users: 3 },
      { event: 'app_opened', count: 3, users: 2 },
    ],
  });
});

test('an event is a series by day or week, its number properties are summed up', async () => {
  const daily = await getFigures(server, `/stats/events/app_opened?${RANGE}&property=startup_time_seconds`);
  expect(daily).toMatchObject({
    count: 3,
    users: 2,
    property: { name: 'startup_time_seconds', type: 'number', count: 3, sum: 7, p50: 2 },
  });
  expect((daily.series as unknown[]).slice(0, 3)).toEqual([
    { date: '2026-06-01', count: 1, users: 1 },
    { date: '2026-06-02', count: 1, users: 1 },
    { date: '2026-06-03', count: 0, users: 0 },
  ]);
  expect(daily.series).toHaveLength(14);
  expect(await getFigures(server, `/stats/events/app_opened?${RANGE}&interval=week`)).toMatchObject({
    series: [
      { date: '2026-06-01', count: 2, users: 2 },
      { date: '2026-06-08', count: 1, users: 1 },
    ],
  });
});

test('a user counts once for a day and once for a week, on whatever days and with whatever versions', async () => {
  const development = [
    ['09T10:00:00.000', '1.0.0'],
    ['09T11:00:00.000', '2.0.0'],
    ['11T10:00:00.000', '2.0.0'],
  ].map(([moment, app_version]) => ({
    ...did(ann, moment!, 'retry_attempted'),
    app_version,
    environment: 'development',
  }));
  expect((await server.post('/track', { events: development })).body).toMatchObject({ accepted: 3 });
  const path = '/stats/events/retry_attempted?from=2026-06-05&to=2026-06-14&environment=development';
  expect(await getFigures(server, `${path}&interval=week`)).toMatchObject({
    count: 3,
    users: 1,
    series: [
      { date: '2026-06-01', count: 0, users: 0 },
      { date: '2026-06-08', count: 3, users: 1 },
    ],
  });
  const { series } = await getFigures(server, path);
  expect(series).toContainEqual({ date: '2026-06-09', count: 2, users: 1 });
  expect(series).toContainEqual({ date: '2026-06-11', count: 1, users: 1 });
});

test('texts are counted by value', async () => {
  expect(await getFigures(server, `/stats/events/recording_started?${RANGE}&property=source`)).toMatchObject({
    property: {
      values: [
        { value: 'widget', count: 2 },
        { value: 'main_window', count: 1 },
        { value: 'unknown', count: 1 },
      ],
    },
  });
});

test('an event of the catalogue that never came is a series of zeros, an unknown one is not found', async () => {
  const none = await getFigures(server, `/stats/events/dictionary_used?${RANGE}&property=count`);
  expect(none).toMatchObject({ count: 0, property: { count: 0, sum: 0, mean: null, p50: null, p95: null } });
  expect(await refusal('/stats/events/no_such_event')).toMatchObject({ status: 404 });
  expect(await refusal('/stats/events/constructor')).toMatchObject({ status: 404 });
  expect(await refusal('/stats/events/%00')).toMatchObject({ status: 404 });
});

interface Recent {
  records: { kind: string; name: string; stored_at: string }[];
}

test('recent records come newest first, without user and session', async () => {
  const recent = (await getFigures(server, `/stats/recent?${RANGE}`)) as unknown as Recent;
  expect(recent.records).toHaveLength(8);
  expect(recent.records[0]).toMatchObject({ kind: 'crash', name: 'main_crash' });
  const text = JSON.stringify(recent);
  expect(text).not.toContain('user_id');
  expect(text).not.toContain('session_id');
  for (const id of [ann, ben, cleo]) expect(text).not.toContain(id);
  const { stored_at } = recent.records.at(-1)!;
  const later = (await getFigures(server, `/stats/recent?${RANGE}&after=${stored_at}`)) as unknown as Recent;
  expect(later.records.map(({ kind }) => kind)).toEqual(['crash']);
});

test('who asks again gets 304 until something changes', async () => {
  const ask = (etag?: string) =>
    fetch(`${server.url}/stats?from=2026-05-01&to=2026-05-02`, {
      headers: { ...server.adminHeaders, ...(etag && { 'if-none-match': etag }) },
    });
  const first = await ask();
  const etag = first.headers.get('etag')!;
  const { as_of } = (await first.json()) as { as_of: string };
  expect(Date.now() - Date.parse(as_of)).toBeLessThan(60_000);
  expect(first.headers.get('roost-as-of')).toBe(as_of);
  const same = await ask(etag);
  expect(same.status).toBe(304);
  expect(same.headers.get('roost-as-of')! >= as_of).toBe(true);
  await server.post('/track', { events: [makeEvent({ timestamp: '2026-05-01T10:00:00.000Z' })] });
  const changed = await ask(etag);
  expect(changed.status).toBe(200);
  expect(await changed.json()).toMatchObject({ growth: { total_users: 1 } });
});

test('nothing at all gives zeros and nulls', async () => {
  for (const filter of [
    'from=1999-01-01&to=1999-12-31',
    'from=9998-01-01&to=9998-12-31&country=XX',
    `${RANGE}&app_version=none`,
  ]) {
    const stats = await getFigures(server, `/stats?${filter}`);
    expect(stats).toMatchObject({
      growth: {
        active_users_30d: 0,
        growth_rate_wow: filter.includes('9998') ? null : null,
        users_by_country: [],
      },
      usage: { total_recordings: 0, recordings_per_user: null, average_session_seconds: null },
      quality: { success_rate: null, p95_processing_seconds: null, errors_by_type: [] },
      stability: { crashes: 0, crash_free_users_rate: null, median_seconds_to_first_crash: null },
      business: { total_cost_usd: 0, churned_users: 0, churn_rate: null },
    });
    expect(JSON.stringify(stats)).not.toContain('NaN');
  }
});

test('only the administrator sees figures', async () => {
  for (const path of [
    '/stats',
    '/stats/funnel',
    '/stats/cohorts',
    '/stats/events',
    '/stats/events/a',
    '/stats/recent',
  ]) {
    expect((await fetch(`${server.url}${path}`)).status).toBe(401);
  }
});
