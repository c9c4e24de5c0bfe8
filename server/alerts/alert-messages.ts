/** An alert in words, for each channel that is on. */
import type { ServerConfig } from '../config.ts';
import { channelStates, dashboardUrl } from '../messages/channels.ts';
import { heading, html, link, mailPage, note } from '../messages/html.ts';
import type { Alert } from '../store/alerts.ts';
import type { MailContent, OutgoingMessage, WebhookContent } from '../store/messages.ts';

export type AlertMoment = 'opened' | 'resolved' | 'test';

export interface ToldAlert extends Omit<Alert, 'alert_id'> {
  alert_id: number | null;
}

export function alertMessages(
  config: ServerConfig,
  moment: AlertMoment,
  alert: ToldAlert,
  page = '?page=settings#alerts',
): OutgoingMessage[] {
  const url = dashboardUrl(config, page);
  return channelStates(config)
    .filter(({ on }) => on)
    .map(({ channel }) =>
      channel === 'email'
        ? { channel, content: mailOf(moment, alert, url) }
        : { channel, content: webhookOf(moment, alert, url) },
    );
}

const LABELS: Record<AlertMoment, string> = { opened: 'Alert', resolved: 'Mended', test: 'Test' };

function sentenceOf(moment: AlertMoment, { detail, recovery }: ToldAlert): string {
  return moment === 'resolved' ? (recovery ?? '') : detail;
}

function sinceOf(moment: AlertMoment, { opened_at, resolved_at }: ToldAlert): string {
  const from = inWords(opened_at);
  return moment === 'resolved' && resolved_at ? `From ${from} to ${inWords(resolved_at)}.` : `At ${from}.`;
}

function inWords(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function mailOf(moment: AlertMoment, alert: ToldAlert, url: string): MailContent {
  const label = LABELS[moment];
  const sentence = sentenceOf(moment, alert);
  const since = sinceOf(moment, alert);
  return {
    to: 'alert',
    subject: `[Roost] ${label}: ${alert.title}`,
    text: `${label}: ${alert.title}\n\n${sentence}\n${since}\n\n${url}\n`,
    html: mailPage({
      title: alert.title,
      preview: sentence,
      body: html`${note(label)}${heading(alert.title)}
        <p style="margin:12px 0">${sentence}</p>
        ${note(since)}
        <p style="margin:20px 0 0">${link(url, 'Open the dashboard')}</p>`,
    }),
  };
}

/** `text` is what Slack, Mattermost and the like show. */
function webhookOf(moment: AlertMoment, alert: ToldAlert, url: string): WebhookContent {
  const { alert_id, rule, subject, title, detail, recovery, opened_at, resolved_at } = alert;
  return {
    type: `alert.${moment}`,
    text: `${LABELS[moment]}: ${title}. ${sentenceOf(moment, alert)} ${url}`,
    alert: { alert_id, rule, subject, title, detail, recovery, opened_at, resolved_at },
    url,
  };
}
