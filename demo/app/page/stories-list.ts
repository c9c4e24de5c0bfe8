/** The stories told so far. Their texts stay here: nothing in this file knows telemetry. */
import type { Outcome } from './recorder.ts';
import { byId } from './by-id.ts';

export interface StoriesList {
  add(outcome: Outcome): void;
}

export function createStoriesList(onRetry: (failed: Outcome & { ok: false }) => void): StoriesList {
  const list = byId('stories', HTMLOListElement);
  let spentUsd = 0;

  function storyItem(outcome: Outcome & { ok: true }): HTMLLIElement {
    const item = document.createElement('li');
    const meta = paragraph('meta', '');
    const facts = [
      formatSeconds(outcome.recording.audioSeconds),
      formatCost(outcome.costUsd),
      outcome.recording.source === 'widget' ? 'Widget' : 'Window',
    ];
    if (outcome.words > 0) facts.push(`${outcome.words} from the dictionary`);
    meta.append(
      ...facts.map((fact) => {
        const span = document.createElement('span');
        span.textContent = fact;
        return span;
      }),
    );
    item.append(paragraph('text', outcome.text), meta);
    return item;
  }

  function failedItem(outcome: Outcome & { ok: false }): HTMLLIElement {
    const item = document.createElement('li');
    item.className = 'failed';
    const row = document.createElement('div');
    row.className = 'row';
    const retry = document.createElement('button');
    retry.type = 'button';
    retry.className = 'small retry';
    retry.textContent = 'Try again';
    retry.addEventListener('click', () => {
      item.remove();
      onRetry(outcome);
    });
    row.append(paragraph('', 'This one could not be transcribed: the service took too long.'), retry);
    item.append(row);
    return item;
  }

  return {
    add(outcome) {
      byId('empty', HTMLElement).hidden = true;
      if (outcome.ok) spentUsd += outcome.costUsd;
      byId('spent', HTMLElement).textContent =
        spentUsd > 0 ? `${formatCost(spentUsd)} for transcription` : '';
      list.prepend(outcome.ok ? storyItem(outcome) : failedItem(outcome));
    },
  };
}

function paragraph(className: string, text: string): HTMLParagraphElement {
  const element = document.createElement('p');
  element.className = className;
  element.textContent = text;
  return element;
}

export function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function formatCost(usd: number): string {
  return `$${usd.toFixed(4)}`;
}
