/** Messages on their way: webhook and mail, from the outbox to a real receiver, and everything that goes wrong. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { checkAlerts } from '../../server/alerts/check-alerts.ts';
import { errorRate } from '../../server/alerts/rules/error-rate.ts';
import type { ServerConfig } from '../../server/config.ts';
import { deliverDue } from '../../server/messages/deliver.ts';
import { sign } from '../../server/messages/webhook.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';
import { type WebhookReceiver, startWebhookReceiver } from '../helpers/webhook-receiver.ts';

let server: TestServer;
let webhook: WebhookReceiver;
let log = '';
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const logger = pino({ level: 'info' }, { write: (line: string) => void (log += line) });
  server = await startTestServer({ logger });
});
beforeEach(async () => {
  await server.pool.query('truncate events, alerts, messages');
  webhook = await startWebhookReceiver();
  closing.push(() => webhook.close());
  log = '';
  configure({});
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => server.close());

function configure(config: Partial<ServerConfig>): void {
  Object.assign(server.app.config, {
    smtpUrl: null,
    mailFrom: null,
    alertTo: [],
    reportTo: [],
    alertWebhookUrl: null,
    alertWebhookSecret: null,
    publicUrl: 'https://telemetry.example.com',
    alertMinCount: 1,
    ...config,
  });
}

async function mailServer(options?: Parameters<typeof startMailServer>[0]): Promise<MailServer> {
  const mails = await startMailServer(options);
  closing.push(() => mails.close());
  return mails;
}

async function raiseAlert(): Promise<void> {
  await server.post(
    '/track',
    makeEvent({ event: 'transcription_failed', properties: { error_type: 'network' } }),
  );
  await checkAlerts(server.app, [errorRate]);
}

interface State {
  channel: string;
  attempts: number;
  next_attempt_at: Date | null;
  sent_at: Date | null;
  failure: string | null;
}

async function states(): Promise<State[]> {
  const { rows } = await server.pool.query<State>('select * from messages order by channel');
  return rows;
}

/** As if the pause before the next attempt were over. */
async function tryAgain(): Promise<void> {
  await server.pool.query('update messages set next_attempt_at = now() where next_attempt_at is not null');
  await deliverDue(server.app);
}

const WAITING = { sent_at: null, next_attempt_at: expect.any(Date) as Date };
const SENT = { failure: null, next_attempt_at: null, sent_at: expect.any(Date) as Date };

describe('the webhook', () => {
  test('gets the alert as JSON, signed, without any id of a user', async () => {
    configure({ alertWebhookUrl: webhook.url, alertWebhookSecret: 'a secret' });
    const { user_id, session_id } = makeEvent();
    await server.post(
      '/track',
      makeEvent({
        user_id,
        session_id,
        event: 'transcription_failed',
        properties: { error_type: 'network' },
      }),
    );
    await checkAlerts(server.app, [errorRate]);
    await deliverDue(server.app);
    await deliverDue(server.app);
    expect(webhook.calls).toHaveLength(1);
    const { headers, body } = webhook.calls[0]!;
    expect(headers['content-type']).toBe('application/json');
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['roost-signature']))!;
    expect(createHmac('sha256', 'a secret').update(`${seconds}.${body}`).digest('hex')).toBe(signature);
    expect(JSON.parse(body)).toEqual({
      id: expect.any(Number) as number,
      type: 'alert.opened',
      text: expect.stringContaining('100% of transcriptions fail') as string,
      url: 'https://telemetry.example.com/dashboard?range=1d#quality',
      alert: {
        alert_id: expect.any(Number) as number,
        rule: 'error_rate',
        subject: '',
        title: '100% of transcriptions fail',
        detail: '1 of 1 transcriptions of the last 60 minutes failed (100%); the limit is 10%.',
        recovery: null,
        opened_at: expect.any(String) as string,
        resolved_at: null,
      },
    });
    expect(body).not.toContain(user_id);
    expect(body).not.toContain(session_id);
    expect(await states()).toMatchObject([SENT]);
  });

  test('is checked by the code of docs/alerts.md', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8');
    const code = /```js\n([\s\S]*?)```/.exec(page)![1]!;
    const { isFromRoost } = (await import(
      `data:text/javascript,${encodeURIComponent(`${code}\nexport { isFromRoost };`)}`
    )) as { isFromRoost: (header: string, body: string, secret: string) => boolean };
    const now = Math.floor(Date.now() / 1000);
    const signature = sign('{"id":1}', 'a secret', now);
    expect(isFromRoost(signature, '{"id":1}', 'a secret')).toBe(true);
    expect(isFromRoost(signature, '{"id":2}', 'a secret')).toBe(false);
    expect(isFromRoost(signature, '{"id":1}', 'another')).toBe(false);
    expect(isFromRoost(sign('{"id":1}', 'a secret', now - 3600), '{"id":1}', 'a secret')).toBe(false);
    expect(isFromRoost('', '{"id":1}', 'a secret')).toBe(false);
  });

  test('that answers 500 or elsewhere is tried again, and gets the same message', async () => {
    configure({ alertWebhookUrl: webhook.url });
    webhook.answer = 500;
    await raiseAlert();
    await deliverDue(server.app);
    expect(await states()).toMatchObject([{ ...WAITING, attempts: 1, failure: 'the webhook answered 500' }]);
    await deliverDue(server.app); // not due yet
    expect(webhook.calls).toHaveLength(1);
    webhook.answer = 302;
    await tryAgain();
    webhook.answer = 200;
    await tryAgain();
    expect(await states()).toMatchObject([{ ...SENT, attempts: 3 }]);
    expect(new Set(webhook.calls.map(({ body }) => body)).size).toBe(1);
    expect(webhook.calls[0]!.headers['roost-signature']).toBeUndefined();
    expect(log).toContain('a message could not be sent');
    expect(log).not.toContain('secret-token');
  });

  test('that hangs holds up no mail', async () => {
    const mails = await mailServer();
    configure({ alertWebhookUrl: webhook.url, smtpUrl: mails.url, alertTo: ['team@example.com'] });
    webhook.answer = 'hang';
    await raiseAlert();
    const delivery = deliverDue(server.app);
    await expect.poll(() => mails.mails.length).toBe(1);
    await expect.poll(() => webhook.calls.length).toBe(1);
    await delivery;
    expect(await states()).toMatchObject([
      { channel: 'email', ...SENT },
      { channel: 'webhook', ...WAITING, failure: 'the webhook did not answer within 10 s' },
    ]);
  });

  test('that is away for a day is given up, and said so', async () => {
    configure({ alertWebhookUrl: 'http://127.0.0.1:1/' });
    await raiseAlert();
    await server.pool.query('update messages set attempts = 27');
    await deliverDue(server.app);
    expect(await states()).toMatchObject([
      {
        attempts: 28,
        sent_at: null,
        next_attempt_at: null,
        failure: expect.stringContaining('reached') as string,
      },
    ]);
    expect(log).toContain('given up');
  });

  test('gets each message once, however many servers deliver', async () => {
    configure({ alertWebhookUrl: webhook.url });
    await raiseAlert();
    await Promise.all(Array.from({ length: 5 }, () => deliverDue(server.app)));
    expect(webhook.calls).toHaveLength(1);
  });
});

describe('mail', () => {
  test('arrives with subject, text, HTML and a link', async () => {
    const { url, mails } = await mailServer();
    configure({
      smtpUrl: url,
      alertTo: ['team@example.com', 'lead@example.com'],
      mailFrom: 'roost@example.org',
    });
    await raiseAlert();
    await deliverDue(server.app);
    expect(mails).toHaveLength(1);
    const { to, from, mail } = mails[0]!;
    expect(to).toEqual(['team@example.com', 'lead@example.com']);
    expect(from).toBe('roost@example.org');
    expect(mail.subject).toBe('[Roost] Alert: 100% of transcriptions fail');
    expect(mail.text).toContain('1 of 1 transcriptions of the last 60 minutes failed');
    expect(mail.text).toContain('https://telemetry.example.com/dashboard?range=1d#quality');
    expect(mail.html).toContain('href="https://telemetry.example.com/dashboard?range=1d#quality"');
  });

  test('with a title of markup and line breaks stays one mail that runs nothing', async () => {
    const { url, mails } = await mailServer();
    configure({ smtpUrl: url, alertTo: ['team@example.com'] });
    const title = '<script>alert(1)</script>\r\nBcc: other@example.com';
    await checkAlerts(server.app, [
      {
        name: 'test',
        look: () => Promise.resolve({ wrong: [{ subject: '', title, detail: title }], mended: [] }),
      },
    ]);
    await deliverDue(server.app);
    const { to, mail } = mails[0]!;
    expect(to).toEqual(['team@example.com']);
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.html).toContain('&lt;script&gt;');
    expect(mail.html).not.toContain('<script>');
  });

  test('to an address with a line break is not sent, and said; the others get theirs', async () => {
    const { url, mails } = await mailServer();
    const logged: string[] = [];
    const second = await startTestServer({
      database: server.database,
      config: {
        smtpUrl: url,
        alertTo: ['team@example.com', 'a@example.com\r\nBcc: b@example.com'],
        alertMinCount: 1,
      },
      logger: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
    });
    closing.push(() => second.close());
    await second.post('/track', makeEvent({ event: 'transcription_failed', properties: {} }));
    await checkAlerts(second.app, [errorRate]);
    await deliverDue(second.app);
    expect(mails.map(({ to }) => to)).toEqual([['team@example.com']]);
    expect(logged.join('')).toContain('is no mail address');
    const response = await fetch(`${second.url}/system/alerts`, { headers: second.adminHeaders });
    expect(await response.json()).toMatchObject({
      channels: [
        { channel: 'email', on: true, problems: [expect.stringContaining('is no mail address')] },
        {},
      ],
    });
  });

  test('with wrong credentials is tried again, and the reason shown', async () => {
    const { url } = await mailServer({
      authOptional: false,
      onAuth: (_auth, _session, callback) => callback(new Error('no such user')),
    });
    configure({
      smtpUrl: url.replace('smtp://', 'smtp://user%40example.com:hunter2secret@'),
      alertTo: ['team@example.com'],
    });
    await raiseAlert();
    await deliverDue(server.app);
    const [state] = await states();
    expect(state).toMatchObject({ ...WAITING, attempts: 1 });
    expect(state!.failure).toMatch(/535/);
    expect(log).toContain('could not be sent');
    expect(log).not.toContain('hunter2secret');
  });

  test.each([
    ['refuses all', { onMailFrom: (_from, _session, callback) => callback(new Error('go away')) }],
    ['refuses the message', { onRcptTo: (_to, _session, callback) => callback(new Error('go away')) }],
  ] as [string, Parameters<typeof startMailServer>[0]][])(
    'to a server that %s is tried again',
    async (_what, options) => {
      const { url } = await mailServer(options);
      configure({ smtpUrl: url, alertTo: ['team@example.com'] });
      await raiseAlert();
      await deliverDue(server.app);
      expect(await states()).toMatchObject([
        { ...WAITING, failure: expect.stringContaining('go away') as string },
      ]);
    },
  );

  test('to a server that says nothing or is away is given up in time', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    closing.push(async () => void silent.close());
    const { port } = silent.address() as AddressInfo;
    configure({ smtpUrl: `smtp://127.0.0.1:${port}?greetingTimeout=200`, alertTo: ['team@example.com'] });
    await raiseAlert();
    await deliverDue(server.app);
    expect(await states()).toMatchObject([
      { ...WAITING, failure: expect.stringMatching(/greeting/i) as string },
    ]);
    configure({ smtpUrl: 'smtp://127.0.0.1:1', alertTo: ['team@example.com'] });
    await tryAgain();
    expect(await states()).toMatchObject([
      { ...WAITING, attempts: 2, failure: expect.stringContaining('ECONNREFUSED') as string },
    ]);
  });
});

describe('the test button', () => {
  async function press(): Promise<unknown> {
    const response = await fetch(`${server.url}/system/alerts/test`, {
      method: 'POST',
      headers: { ...server.adminHeaders, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(200);
    return response.json();
  }

  test('sends on every channel and tells what became of it', async () => {
    const { url, mails } = await mailServer();
    configure({ smtpUrl: url, alertTo: ['team@example.com'], alertWebhookUrl: webhook.url });
    webhook.answer = 500;
    expect(await press()).toEqual({
      results: [
        { channel: 'email', outcome: 'sent', failure: null },
        { channel: 'webhook', outcome: 'failed', failure: 'the webhook answered 500' },
      ],
    });
    expect(mails[0]!.mail.subject).toBe('[Roost] Test: This is how an alert arrives');
    expect(JSON.parse(webhook.calls[0]!.body)).toMatchObject({ type: 'alert.test' });
  });

  test('says which channels are off', async () => {
    expect(await press()).toMatchObject({ results: [{ outcome: 'off' }, { outcome: 'off' }] });
  });
});
