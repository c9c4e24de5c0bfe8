/** "See what is waiting to be sent": the next records exactly as they will travel, kept up to date while open. */
import type { DroppedTotals, TelemetryRecord } from '../../lib/record/batch.ts';
import type { RoostBridge, SettingsState } from '../bridge.ts';
import { createButton, createElement } from './create-element.ts';
import { createDialog } from './dialog.ts';
import type { Texts } from './texts.ts';

/** More cannot be read anyway, and the list is fetched anew at each change. */
const RECORDS_SHOWN = 20;

export interface WaitingDialog {
  dialog: HTMLDialogElement;
  update(state: SettingsState): void;
}

export function createWaitingDialog(texts: Texts, bridge: RoostBridge): WaitingDialog {
  const summary = createElement('p', {});
  const hint = createElement('p', { class: 'muted' });
  const first = createElement('p', { class: 'muted' });
  const list = createElement('ul', { class: 'records' });
  const lastSent = createElement('p', { class: 'muted' });
  const dropped = createElement('dl', { class: 'totals muted' });
  const droppedSection = createElement(
    'section',
    {},
    createElement('h3', {}, texts.text('droppedTitle')),
    dropped,
  );
  const said = createElement('span', { role: 'status', class: 'muted' });
  const copyAll = createButton(texts.text('copyAll'), 'plain', () => {
    void copy(
      [...records.values()].map(({ record }) => record),
      list,
    );
  });
  const dialog = createDialog(texts, {
    title: texts.text('waitingTitle'),
    body: [
      createElement('section', {}, summary, hint, lastSent),
      createElement('section', {}, first, list),
      droppedSection,
    ],
    actions: [copyAll, said],
  });
  let questions = 0;
  const records = new Map<string, { record: TelemetryRecord; item: HTMLLIElement }>();

  async function copy(value: unknown, shown: Node): Promise<void> {
    try {
      await navigator.clipboard.writeText(toJson(value));
      said.textContent = texts.text('copied');
    } catch {
      getSelection()?.selectAllChildren(shown); // the app may forbid the clipboard
      said.textContent = texts.text('copyByHand');
    }
  }

  function createItem(record: TelemetryRecord): HTMLLIElement {
    const isEvent = 'event' in record;
    const json = createElement('pre', { tabindex: '0' }, toJson(record));
    return createElement(
      'li',
      { class: isEvent ? 'event' : 'crash' },
      createElement(
        'details',
        {},
        createElement(
          'summary',
          {},
          createElement('span', { class: 'name' }, isEvent ? record.event : record.crash_type),
          createElement('time', { datetime: record.timestamp }, texts.time(new Date(record.timestamp))),
        ),
        createElement(
          'div',
          { class: 'json' },
          json,
          createElement(
            'div',
            { class: 'row end' },
            createButton(texts.text('copy'), 'plain', () => void copy(record, json)),
          ),
        ),
      ),
    );
  }

  /** Keeps the items that are still waiting, so that an opened one stays open and focused. */
  function showRecords(waiting: TelemetryRecord[]): void {
    const ids = new Set(waiting.map((record) => record.event_id));
    for (const [id, { item }] of records) {
      if (ids.has(id)) continue;
      item.remove();
      records.delete(id);
    }
    waiting.forEach((record, position) => {
      const known = records.get(record.event_id);
      const item = known?.item ?? createItem(record);
      if (!known) records.set(record.event_id, { record, item });
      if (list.children[position] !== item) list.insertBefore(item, list.children[position] ?? null);
    });
    first.textContent = waiting.length > 0 ? texts.count('waitingFirst', waiting.length) : '';
    list.hidden = waiting.length === 0;
    copyAll.disabled = waiting.length === 0;
  }

  /** Answers may overtake each other; only the latest question's counts. */
  async function refresh(): Promise<void> {
    questions += 1;
    const question = questions;
    const waiting = await bridge.peek(RECORDS_SHOWN);
    if (question === questions) showRecords(waiting);
  }

  return {
    dialog,
    update(state) {
      const { events, crashes, bytes, lastSent: sent, dropped: totals } = state.pending;
      const counts = [
        texts.count('eventCount', events),
        ...(crashes > 0 ? [texts.count('crashCount', crashes)] : []),
      ];
      summary.textContent =
        events + crashes === 0
          ? texts.text('waitingNothing')
          : texts.text('waitingSummary', { records: counts.join(', '), size: texts.size(bytes) });
      hint.textContent = waitingHint(state, texts);
      lastSent.textContent = sent
        ? texts.text('lastSent', {
            records: texts.count('recordCount', sent.records),
            time: texts.time(new Date(sent.at)),
          })
        : texts.text('lastSentNever');
      const lost = sumByText(totals, texts);
      droppedSection.hidden = lost.size === 0;
      dropped.replaceChildren(
        ...[...lost].flatMap(([text, total]) => [
          createElement('dt', {}, text),
          createElement('dd', {}, String(total)),
        ]),
      );
      if (dialog.open) void refresh().catch(() => undefined); // the next change tries again
    },
  };
}

function waitingHint(
  { consentKnown, usageEnabled, noticeRequired, noticeShown }: SettingsState,
  texts: Texts,
): string {
  if (!consentKnown) return texts.text('consentUnknown');
  if (!usageEnabled) return texts.text('waitingOff');
  return noticeRequired && !noticeShown ? texts.text('waitingPaused') : '';
}

/** Reasons that are one and the same to the reader are one line. */
function sumByText(totals: DroppedTotals, texts: Texts): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [reason, total] of Object.entries(totals)) {
    const text = texts.dropReason(reason);
    if (total > 0) sums.set(text, (sums.get(text) ?? 0) + total);
  }
  return sums;
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
