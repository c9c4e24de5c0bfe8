/** One figure: label, value with the exact one on hover, change against the previous period. */
import { element, fill } from '../dom.ts';
import { exact, NO_DATA, shown, type Figure, type Format } from '../format.ts';
import { changeElement, changeOf, type Better } from './change.ts';
import type { Part } from './part.ts';
import { sparkline } from './sparkline.ts';

export interface FigureDefinition<Data> {
  label: string;
  /** One sentence for the list of definitions below a section. */
  meaning: string;
  value(data: Data): Figure;
  format: Format;
  better: Better;
  /** Said in place of a missing value; default: no data. */
  none?: string;
  /** Daily values behind it, drawn small. */
  trend?(data: Data): Figure[] | null;
  /** A second line, for what belongs to the figure. */
  note?(data: Data): string;
}

export function createFigure<Data>(definition: FigureDefinition<Data>): Part<Data> {
  const { label, format, better } = definition;
  const value = element('dd', { class: 'figure-value' }, '\u2007');
  const change = element('dd', { class: 'figure-change' }, '\u2007');
  const note = definition.note ? element('dd', { class: 'figure-note' }, '\u2007') : null;
  const trend = definition.trend ? element('dd', { class: 'figure-trend', 'aria-hidden': 'true' }) : null;
  const figure = element('div', { class: 'figure' }, element('dt', {}, label), value, change, note, trend);
  return {
    element: figure,
    update(data, previous) {
      const now = definition.value(data);
      const before = previous === null ? null : definition.value(previous);
      const text = now === null ? (definition.none ?? NO_DATA) : format(now);
      fill(
        value,
        now === null
          ? element('span', { class: 'nothing' }, text)
          : element('data', { value: String(now), title: exact(now) }, text),
      );
      const moved = changeOf(now, before, format, better);
      fill(change, moved ? changeElement(moved, shown(before, format)) : '\u2007');
      if (note) fill(note, definition.note?.(data) ?? '');
      if (trend) fill(trend, sparkline(definition.trend?.(data) ?? []));
    },
  };
}

const MOST_IN_A_ROW = 7;

/** Figures side by side. */
export function createFigures<Data>(definitions: FigureDefinition<Data>[], kind = ''): Part<Data> {
  const figures = definitions.map((definition) => createFigure(definition));
  const list = element('dl', { class: `figures ${kind}`.trim() }, ...figures.map((figure) => figure.element));
  // Full rows where there is room: seven in one, nine as five and four, the last of them wider.
  const columns =
    definitions.length <= MOST_IN_A_ROW ? definitions.length : Math.ceil(definitions.length / 2);
  list.style.setProperty('--columns', String(columns));
  const left = (columns - (definitions.length % columns)) % columns;
  list.style.setProperty('--last', String(1 + left));
  return {
    element: list,
    update(data, previous) {
      for (const figure of figures) figure.update(data, previous);
    },
  };
}

/** What the figures of a section mean, folded away. */
export function definitionList(definitions: FigureDefinition<never>[]): HTMLElement {
  return element(
    'details',
    { class: 'definitions' },
    element('summary', {}, 'What these figures mean'),
    element(
      'dl',
      {},
      ...definitions.map(({ label, meaning }) =>
        element('div', {}, element('dt', {}, label), element('dd', {}, meaning)),
      ),
    ),
  );
}
