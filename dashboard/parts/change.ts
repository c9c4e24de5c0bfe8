/** How a figure moved against the previous period: an arrow, the difference, and whether that is good. */
import { element, hiddenText } from '../dom.ts';
import { percent, type Figure, type Format } from '../format.ts';

export type Better = 'more' | 'less' | 'neither';

export interface Change {
  direction: 'up' | 'down' | 'same';
  /** Without a sign: `4.2%`, or `1.3 pt` for the difference of two shares. */
  text: string;
  verdict: 'good' | 'bad' | 'neutral';
}

const points = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `null` where one of the two has no data: then there is nothing to compare. */
export function changeOf(current: Figure, previous: Figure, format: Format, better: Better): Change | null {
  if (current === null || previous === null) return null;
  const difference = current - previous;
  const text =
    format === percent
      ? `${points.format(Math.abs(difference) * 100)} pt`
      : previous === 0
        ? `from ${format(0)}`
        : `${points.format(Math.abs(difference / previous) * 100)}%`;
  if (difference === 0 || text === '0 pt' || text === '0%') {
    return { direction: 'same', text: 'no change', verdict: 'neutral' };
  }
  const direction = difference > 0 ? 'up' : 'down';
  const good = (better === 'more') === (direction === 'up');
  return { direction, text, verdict: better === 'neither' ? 'neutral' : good ? 'good' : 'bad' };
}

const ARROWS = { up: '↑', down: '↓', same: '' };

export function changeElement(change: Change, before: string): HTMLElement {
  return element(
    'span',
    { class: `change ${change.verdict}`, title: `Previous period: ${before}` },
    element('span', { 'aria-hidden': 'true' }, ARROWS[change.direction]),
    change.direction === 'same' ? null : hiddenText(`${change.direction} `),
    change.text,
    hiddenText(`, previous period ${before}`),
  );
}
