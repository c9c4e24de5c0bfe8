/** Clients that send a part of a request and no more, or byte after byte: they are cut off, and cost nobody else anything. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

import { afterAll, beforeAll, test } from 'vitest';

import { makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const CLIENTS = 100;
const HEAD = 'POST /track HTTP/1.1\r\nHost: roost\r\n';
const BEGINNINGS = {
  'no byte at all': '',
  'a part of the headers': `${HEAD}Content-Ty`,
  'a part of the body': `${HEAD}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"events": [`,
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  // As in earnest, but shorter; Node looks every five seconds.
  server.app.server.headersTimeout = 500;
  server.app.server.requestTimeout = 1_000;
});
afterAll(() => server?.close());

test.concurrent.for(Object.entries(BEGINNINGS))(
  'a hundred clients that send %s',
  async ([, beginning], { expect }) => {
    const { hostname, port } = new URL(server.url);
    const clients = Array.from({ length: CLIENTS }, () => connect(Number(port), hostname));
    await Promise.all(clients.map((client) => once(client, 'connect')));
    const ends = clients.map((client) => answerOf(client));
    for (const client of clients) client.write(beginning);
    const trickle = setInterval(() => {
      for (const client of clients) if (client.writable && beginning !== '') client.write('x');
    }, 100);
    try {
      for (let batch = 0; batch < 5; batch += 1) {
        expect(await server.post('/track', { events: [makeEvent()] })).toMatchObject({
          status: 200,
          body: { accepted: 1 },
        });
      }
      const answers = new Set(await Promise.all(ends));
      expect([...answers]).toEqual([expect.stringMatching(/^HTTP\/1\.1 408 /)]);
    } finally {
      clearInterval(trickle);
      for (const client of clients) client.destroy();
    }
  },
);

test.concurrent('a client that does not take its answer is cut off all the same', async ({ expect }) => {
  const { hostname, port } = new URL(server.url);
  const client = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(client, 'connect');
  client.pause();
  client.write(BEGINNINGS['a part of the body']);
  const failed = once(client, 'error');
  const trickle = setInterval(() => client.write('x'), 100);
  try {
    expect((await failed)[0]).toMatchObject({
      code: expect.stringMatching(/^(?:EPIPE|ECONNRESET)$/) as string,
    });
  } finally {
    clearInterval(trickle);
    client.destroy();
  }
});

/** All that is received until the server closes. */
async function answerOf(client: Socket): Promise<string> {
  let answer = '';
  client.setEncoding('latin1').on('data', (text: string) => (answer += text));
  client.on('error', () => undefined); // what is written after the end
  await once(client, 'close');
  return answer;
}
