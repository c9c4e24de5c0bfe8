/** What the server answers to what it is sent (the contract's section on ingestion). */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TestServer, startTestServer } from '../helpers/server.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('POST /track', () => {
  test('stores a batch and answers for each record', async () => {
    const good = makeEvent();
    const answer = await server.post('/track', {
      sent_at: new Date().toISOString(),
      events: [good, good, { ...makeEvent(), event: 'recording_completed', properties: {} }],
    });
    expect(answer).toEqual({
      status: 200,
      body: {
        accepted: 1,
        duplicates: 1,
        stripped: 0,
        rejected: [
          {
            index: 2,
            event_id: expect.any(String),
            code: 'invalid_event',
            message: 'properties.audio_duration_seconds: expected number',
          },
        ],
      },
    });
    const { rows } = await server.pool.query('select * from events where event_id = $1', [good.event_id]);
    expect(rows).toMatchObject([{ user_id: good.user_id, event: good.event, environment: 'production' }]);
  });

  test('an id seen in a crash of the same user is a duplicate, and the other way round', async () => {
    const userId = randomUUID();
    const event = makeEvent({ user_id: userId });
    const crash = makeCrash({ user_id: userId });
    expect((await server.post('/track', event)).body).toMatchObject({ accepted: 1 });
    expect((await server.post('/crash', { ...crash, event_id: event.event_id })).body).toMatchObject({
      duplicates: 1,
    });
    expect((await server.post('/crash', crash)).body).toMatchObject({ accepted: 1 });
    expect((await server.post('/track', { ...event, event_id: crash.event_id })).body).toMatchObject({
      duplicates: 1,
    });
  });
});
