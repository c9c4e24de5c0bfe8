/** The colours of charts, read from the style sheet so that each stands in one place. */
import { element } from '../dom.ts';

export interface Palette {
  ink: string;
  muted: string;
  line: string;
  surface: string;
  /** Told apart with every common colour vision, and by lightness too. */
  series: string[];
  previous: string;
  bad: string;
}

export function palette(): Palette {
  // A variable may hold `light-dark(…)`: only a real property says which of the two it is now.
  const probe = element('i', { hidden: true });
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours: Palette = {
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    surface: colour('surface'),
    series: [1, 2, 3, 4, 5, 6].map((number) => colour(`series-${number}`)),
    previous: colour('previous'),
    bad: colour('bad'),
  };
  probe.remove();
  return colours;
}

/** `rgb(r, g, b)`, as a computed colour is written, with an opacity. */
export function faded(colour: string, opacity: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
}
