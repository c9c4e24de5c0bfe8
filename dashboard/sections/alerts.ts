/** What was out of the ordinary, who was told of it, and a way to try whether telling works. */
import { change, get } from '../api.ts';
import { element } from '../dom.ts';
import { moment, words } from '../format.ts';
import { createCard } from '../parts/card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, scrollBox, tableRow, textCell, type Column, type TableData } from '../parts/table.ts';

interface Message {
  channel: string;
  reason: string;
  created_at: string;
  attempts: number;
  /** Null: sent, or given up. */
  next_attempt_at: string | null;
  sent_at: string | null;
  failure: string | null;
}

interface Alert {
  rule: string;
  title: string;
  detail: string;
  recovery: string | null;
  opened_at: string;
  resolved_at: string | null;
  messages: Message[];
}

interface Channel {
  channel: string;
  on: boolean;
  problems: string[];
  last: Message | null;
}

interface AlertsAnswer {
  channels: Channel[];
  alerts: Alert[];
}

interface TestResult {
  channel: string;
  outcome: 'sent' | 'failed' | 'off';
  failure: string | null;
}

export function alertsSection(): Section {
  return createSection({
    id: 'alerts',
    title: 'Alerts',
    lead: 'What was out of the ordinary, told once when it began and once when it was over.',
    ask: async () => ({ current: await get<AlertsAnswer>('system/alerts'), previous: null }),
    parts: [createHistory(), createChannels()],
  });
}

const HISTORY: Column[] = [
  { label: 'What' },
  { label: 'Since' },
  { label: 'Until' },
  { label: 'Details' },
  { label: 'Told' },
];

function createHistory(): Part<AlertsAnswer> {
  let data: TableData | null = null;
  const card = createCard({ title: 'History', width: 'whole', rows: () => data });
  const table = element('table');
  const empty = element('p', { class: 'list-empty', hidden: true }, 'Nothing was out of the ordinary so far');
  card.body.append(scrollBox('Alerts', table), empty);
  return {
    element: card.element,
    update({ alerts }) {
      const rows = alerts.map((alert) => [
        alert.title,
        moment(alert.opened_at),
        untilOf(alert),
        [alert.detail, alert.recovery].filter((text) => text !== null).join(' '),
        alert.messages.map(toldOf).join('; ') || 'nobody',
      ]);
      data = { title: 'Alerts', columns: HISTORY, rows };
      empty.hidden = rows.length > 0;
      table.hidden = rows.length === 0;
      drawTable(
        table,
        'Alerts',
        HISTORY,
        rows.map(([title = '', ...cells]) => tableRow(title, ...cells.map((cell) => textCell(cell)))),
      );
    },
  };
}

function untilOf({ opened_at, resolved_at }: Alert): string {
  if (resolved_at === null) return 'open';
  return resolved_at === opened_at ? 'told once' : moment(resolved_at);
}

function toldOf(message: Message): string {
  const { channel, reason, sent_at, next_attempt_at, failure } = message;
  const end = reason.endsWith(':resolved') ? ' (over)' : '';
  if (sent_at !== null) return `${channel}${end}`;
  if (failure === null) return `${channel}${end}: on its way`;
  return `${channel}${end}: ${failure}${next_attempt_at === null ? ', given up' : ', is tried again'}`;
}

const CHANNELS: Column[] = [{ label: 'Channel' }, { label: 'State' }, { label: 'Last message' }];

function createChannels(): Part<AlertsAnswer> {
  let data: TableData | null = null;
  const card = createCard({ title: 'Where alerts go', width: 'whole', rows: () => data });
  const table = element('table');
  const answer = element('p', { class: 'note', role: 'status' });
  const test = element(
    'button',
    { type: 'button', class: 'button', onclick: () => void sendTest() },
    'Send a test alert',
  );
  const report = element('a', { href: 'dashboard/report' }, 'the weekly report');
  card.body.append(
    scrollBox('Channels', table),
    element('div', { class: 'first-run-test' }, test, answer),
    element('p', { class: 'note' }, 'See ', report, ' as it will be sent.'),
  );

  async function sendTest(): Promise<void> {
    test.disabled = true;
    answer.textContent = 'Sending…';
    try {
      const { results } = await change<{ results: TestResult[] }>('POST', 'system/alerts/test', {});
      answer.textContent = results.map(resultInWords).join(' ');
    } catch (error) {
      answer.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      test.disabled = false;
    }
  }

  return {
    element: card.element,
    update({ channels }) {
      const rows = channels.map((channel) => [channel.channel, stateOf(channel), lastOf(channel)]);
      data = { title: 'Channels', columns: CHANNELS, rows };
      drawTable(
        table,
        'Channels',
        CHANNELS,
        rows.map(([name = '', ...cells]) => tableRow(name, ...cells.map((cell) => textCell(cell)))),
      );
    },
  };
}

function stateOf({ on, problems }: Channel): string {
  return [on ? 'On.' : 'Off.', ...problems].join(' ');
}

function lastOf({ last }: Channel): string {
  if (last === null) return 'none yet';
  return last.sent_at === null ? `failed: ${last.failure}` : `sent ${moment(last.sent_at)}`;
}

function resultInWords({ channel, outcome, failure }: TestResult): string {
  const name = words(channel);
  if (outcome === 'off') return `${name}: not set up.`;
  return outcome === 'sent' ? `${name}: sent.` : `${name}: ${failure}.`;
}
