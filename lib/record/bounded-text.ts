/** Lengths of texts, in Unicode code points. */
import * as z from 'zod/mini';

/** Length in Unicode code points, not UTF-16 units: an emoji counts once. */
export function codePointLength(text: string): number {
  if (text.length === 0) return 0;
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** A string of at most `max` code points. */
export function boundedString(max: number): z.ZodMiniString {
  return z.string().check(
    z.refine((text: string) => text.length <= max || codePointLength(text) <= max, {
      error: `expected at most ${max} characters`,
    }),
  );
}
