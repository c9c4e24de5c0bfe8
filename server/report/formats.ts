/** Figures as the report writes them. */
export type Format = (value: number) => string;

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const days = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

export const count: Format = (value) => whole.format(value);
export const hours: Format = (value) => `${oneDigit.format(value)} h`;
export const percent: Format = (share) => `${oneDigit.format(share * 100)}%`;
export const usd: Format = (value) => dollars.format(value);
export const duration: Format = (seconds) => `${oneDigit.format(seconds)} s`;

export function longDay(day: string): string {
  return days.format(new Date(day));
}
