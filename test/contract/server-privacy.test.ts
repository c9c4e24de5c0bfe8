/**
 * The canary: known names, mails, keys, addresses and home folders are sent through every door, and then searched
 * for in the database, its files and write-ahead log, the logs, the metrics and all answers.
 */
import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';

import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createLogger } from '../../server/plugins/logging.ts';
import { readDatabaseFiles } from '../helpers/database-files.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const CANARIES = {
  name: 'zebulon',
  mail: 'quartermaine@canary-mail.example',
  key: 'sk-proj-CANARY0123456789abcdefghijklmnopqrstuvwx',
  password: 'canaryhunter2',
  address: '203.0.113.77',
} as const;
const TEXT =
  `ENOENT /Users/${CANARIES.name}/Library/notes.txt C:\\Users\\${CANARIES.name}\\notes.txt /home/${CANARIES.name}/x ` +
  `mail ${CANARIES.mail} key ${CANARIES.key} at ${CANARIES.address} https://user:${CANARIES.password}@host.example/`;

let server: TestServer;
const logs: string[] = [];
beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logs.push(String(chunk));
      done();
    },
  });
  server = await startTestServer({ logger: createLogger('trace', sink), config: { trustProxy: 1 } });
});
afterAll(() => server.close());

function expectClean(where: string, text: string): void {
  for (const canary of Object.values(CANARIES)) {
    expect(text.includes(canary) ? `${canary} in ${where}` : 'clean').toBe('clean');
  }
}

test('nothing private is stored, logged, counted or answered', async () => {
  const userId = randomUUID();
  const fromThere = {
    'x-forwarded-for': CANARIES.address,
    'user-agent': TEXT,
    referer: `https://x.example/?${TEXT}`,
  };
  const answers: unknown[] = [];
  const send = async (path: string, body: unknown) => answers.push(await server.post(path, body, fromThere));

  await send('/crash', {
    crashes: [
      makeCrash({
        user_id: userId,
        error_message: TEXT,
        stack_trace: `Error: ${TEXT}\n    at open (/Users/${CANARIES.name}/app/main.js:10:5)`,
        context: { note: TEXT, deep: [{ [CANARIES.mail]: TEXT }], breadcrumbs: [TEXT] },
        app_version: CANARIES.mail,
        os_version: CANARIES.mail,
        platform: CANARIES.mail,
      }),
    ],
  });
  await send(
    '/track',
    makeEvent({ user_id: userId, app_version: `v ${CANARIES.address}`, platform: CANARIES.mail }),
  );
  await send('/track', {
    events: [
      {
        ...makeEvent({ user_id: userId }),
        properties: { startup_time_seconds: 1, [CANARIES.key]: TEXT, path: TEXT },
      },
      { ...makeEvent({ user_id: userId }), country: TEXT, session_id: TEXT },
    ],
    dropped: { [CANARIES.mail]: 1, queue_full: 2 },
  });
  await send('/track', TEXT);
  for (const path of [
    `/users/${userId}/data`,
    '/stats',
    '/stats/recent',
    '/stats/crash-groups',
    '/health',
    `/${encodeURIComponent(TEXT)}`,
  ]) {
    const answer = await fetch(server.url + path, { headers: { ...fromThere, ...server.adminHeaders } });
    answers.push(await answer.text());
  }

  expectClean('an answer', JSON.stringify(answers));
  expect(logs.length).toBeGreaterThan(5);
  expectClean('the log', logs.join(''));
  expect(logs.join('')).not.toContain(userId);
  expectClean('the metrics', await server.app.metrics.registry.metrics());

  const { rows } = await server.pool.query<{ row: string }>(
    'select e::text as row from events e union all select c::text from crashes c union all select d::text from client_dropped d',
  );
  expect(rows.length).toBeGreaterThanOrEqual(4);
  expectClean('a row', rows.map(({ row }) => row).join('\n'));
  const { dataFolder } = inject('postgres');
  if (dataFolder === null) return;
  let searched = 0;
  for await (const { path, content } of readDatabaseFiles(server.pool, dataFolder)) {
    expectClean(path, content);
    searched += 1;
  }
  expect(searched).toBeGreaterThan(50);
});
