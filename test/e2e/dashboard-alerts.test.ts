/** Alerts on the dashboard: the history, the channels, the test button, the report. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { checkAlerts } from '../../server/alerts/check-alerts.ts';
import { errorRate } from '../../server/alerts/rules/error-rate.ts';
import { deliverDue } from '../../server/messages/deliver.ts';
import { launchChromium } from '../electron-double/chromium.ts';
import { openDashboard, settled, tableOf } from '../helpers/dashboard.ts';
import { makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';
import { type WebhookReceiver, startWebhookReceiver } from '../helpers/webhook-receiver.ts';

let browser: Browser;
let server: TestServer;
let webhook: WebhookReceiver;

beforeAll(async () => {
  webhook = await startWebhookReceiver();
  [browser, server] = await Promise.all([
    launchChromium(),
    startTestServer({
      config: { alertWebhookUrl: webhook.url, alertMinCount: 1, alertTo: ['nobody\n@example.com'] },
    }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await webhook?.close();
});

test('an alert is in the history with who was told, and a test arrives', async () => {
  webhook.answer = 500;
  await server.post('/track', makeEvent({ event: 'transcription_failed', properties: {} }));
  await checkAlerts(server.app, [errorRate]);
  await deliverDue(server.app);
  const { page, problems, close } = await openDashboard(browser, server, '?page=settings');
  await settled(page);
  const [alert] = await tableOf(page, 'History');
  expect(alert).toEqual([
    '100% of transcriptions fail',
    expect.stringMatching(/UTC$/),
    'open',
    '1 of 1 transcriptions of the last 60 minutes failed (100%); the limit is 10%.',
    'webhook: the webhook answered 500, is tried again',
  ]);
  expect(await tableOf(page, 'Where alerts go')).toEqual([
    [
      'email',
      'Off. "nobody\\n@example.com" is no mail address and gets no mail. SMTP_URL is not set: no mail is sent.',
      'none yet',
    ],
    ['webhook', 'On.', 'failed: the webhook answered 500'],
  ]);
  webhook.answer = 204;
  await page.getByRole('button', { name: 'Send a test alert' }).click();
  await page.getByText('email: not set up. webhook: sent.').waitFor();
  expect(webhook.calls).toHaveLength(2);
  await page.getByRole('link', { name: 'the weekly report' }).click();
  await page.getByRole('heading', { name: /^Week of / }).waitFor();
  expect(problems).toEqual([]);
  await close();
});
