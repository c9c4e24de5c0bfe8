/** Each captured record carries a number that no other has: an event as its count, a crash in its message. */

/** Numbers that a life has for itself. */
export const LIFE_SPAN = 100_000;

export function failureText(number: number): string {
  return `life ${Math.floor(number / LIFE_SPAN)} failure ${number % LIFE_SPAN}`;
}

export function numberOfFailure(message: string): number | null {
  const [, life, number] = /life (\d+) failure (\d+)/.exec(message) ?? [];
  return life === undefined ? null : Number(life) * LIFE_SPAN + Number(number);
}
