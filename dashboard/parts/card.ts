/** A titled box with a row of small buttons: the frame of every chart, list and table. */
import { element } from '../dom.ts';
import { saveCsv, type TableData } from './table.ts';

export interface Card {
  element: HTMLElement;
  body: HTMLElement;
  tools: HTMLElement;
}

export type CardWidth = 'third' | 'half' | 'whole';

export interface CardOptions {
  title: string;
  note?: string;
  /** Share of the grid's width: half, unless said. */
  width?: CardWidth;
  /** What "CSV" saves: the rows as shown at the time of the click. */
  rows: () => TableData | null;
}

export function createCard({ title, note, width = 'half', rows }: CardOptions): Card {
  const body = element('div', { class: 'card-body' });
  const tools = element(
    'div',
    { class: 'card-tools' },
    toolButton('CSV', `Save “${title}” as CSV`, () => {
      const data = rows();
      if (data) saveCsv(data);
    }),
  );
  // A group, not a region: each section is a landmark, and a page full of them leads nowhere.
  const card = element(
    'div',
    { class: `card ${width}`, role: 'group', 'aria-label': title },
    element(
      'div',
      { class: 'card-head' },
      element('div', {}, element('h3', {}, title), note ? element('p', { class: 'note' }, note) : null),
      tools,
    ),
    body,
  );
  return { element: card, body, tools };
}

export function toolButton(text: string, label: string, onclick: () => void): HTMLButtonElement {
  return element('button', { type: 'button', class: 'tool', 'aria-label': label, onclick }, text);
}
