/** Cutting texts to their limits. Lengths are Unicode code points. */
import { codePointLength } from './bounded-text.ts';
import { CUT_MARK } from './limits.ts';

/** The text, at most `max` code points long; a longer one ends in the cut mark, which counts. */
export function cutText(text: string, max: number): string {
  if (text.length <= max || codePointLength(text) <= max) return text;
  const mark = CUT_MARK.length <= max ? CUT_MARK : '';
  let length = 0;
  let units = 0;
  for (const character of text) {
    if (length === max - mark.length) break;
    length += 1;
    units += character.length;
  }
  return text.slice(0, units) + mark;
}
