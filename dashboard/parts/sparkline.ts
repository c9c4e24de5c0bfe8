/** The shape of a series, without axes: decoration beside a figure that says the number. */
import { svg } from '../dom.ts';
import type { Figure } from '../format.ts';

const WIDTH = 120;
const HEIGHT = 32;
const PADDING = 2;

export function sparkline(values: Figure[]): SVGSVGElement {
  const picture = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    class: 'sparkline',
  });
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return picture;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const x = (index: number): number => (index / (values.length - 1)) * WIDTH;
  const y = (value: number): number => HEIGHT - PADDING - ((value - low) / span) * (HEIGHT - 2 * PADDING);
  const points = values.flatMap((value, index) =>
    value === null ? [] : [`${x(index).toFixed(1)},${y(value).toFixed(1)}`],
  );
  const first = points[0]?.split(',')[0];
  const last = points.at(-1)?.split(',')[0];
  picture.append(
    svg('polygon', { points: `${first},${HEIGHT} ${points.join(' ')} ${last},${HEIGHT}`, class: 'area' }),
    svg('polyline', { points: points.join(' '), class: 'line' }),
  );
  return picture;
}
