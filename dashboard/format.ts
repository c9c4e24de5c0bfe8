/**
 * How figures are written: short, with the unit; `null` (nothing to compute from) is never a number.
 * The exact value goes beside the short one (`exact`), for hover and for machines.
 */
export type Figure = number | null;
export type Format = (value: number) => string;

export const NO_DATA = 'no data';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const full = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });

/** 9,999 stays; 12,345 becomes 12.3K. */
export const count: Format = (value) =>
  Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value);

/** One digit after the point while it says something. */
export const amount: Format = (value) =>
  Math.abs(value) < 1000 ? oneDigit.format(value) : count(Math.round(value));

/** A share of 0.829 is 82.9%. Never rounded up to 100% or down to 0% when it is neither. */
export const percent: Format = (share) => {
  const value = share * 100;
  if (value > 99.9 && value < 100) return '> 99.9%';
  if (value > 0 && value < 0.1) return '< 0.1%';
  return `${oneDigit.format(value)}%`;
};

export const usd: Format = (value) => {
  if (value !== 0 && Math.abs(value) < 0.01) return `$${value.toPrecision(2)}`;
  return Math.abs(value) < 10_000 ? `$${twoDigits.format(value)}` : `$${compact.format(value)}`;
};

/** From milliseconds to days, whichever reads best. */
export const duration: Format = (seconds) => {
  if (seconds === 0) return '0 s';
  if (seconds < 1) return `${whole.format(seconds * 1000)} ms`;
  if (seconds < 10) return `${twoDigits.format(seconds)} s`;
  if (seconds < 60) return `${oneDigit.format(seconds)} s`;
  if (seconds < 3600) return `${whole.format(Math.floor(seconds / 60))} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 172_800) return `${oneDigit.format(seconds / 3600)} h`;
  return `${oneDigit.format(seconds / 86_400)} days`;
};

export const minutes: Format = (value) => `${amount(value)} min`;
export const hours: Format = (value) => `${amount(value)} h`;

export const bytes: Format = (value) => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  return `${oneDigit.format(value / 1024 ** step)} ${units[step]}`;
};

export function shown(value: Figure | undefined, format: Format): string {
  return value === null || value === undefined ? NO_DATA : format(value);
}

/** The unshortened number, for hover. */
export function exact(value: Figure | undefined): string {
  return value === null || value === undefined ? NO_DATA : full.format(value);
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const dayYearFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', timeStyle: 'medium' });

/** `2026-06-01` → `1 Jun`, for axes. */
export const shortDay = (day: string): string => dayFormat.format(new Date(day));
/** `2026-06-01` → `1 Jun 2026`. */
export const longDay = (day: string): string => dayYearFormat.format(new Date(day));
/** `1 Jun 2026, 10:00:00 UTC`. */
export const moment = (instant: string | number | Date): string =>
  `${momentFormat.format(new Date(instant))} UTC`;
/** `10:00:00`, UTC. */
export const timeOfDay = (instant: string | number | Date): string => timeFormat.format(new Date(instant));

/** `from` – `to` without repeating the year. */
export function dayRange(from: string, to: string): string {
  if (from === to) return longDay(from);
  return `${from.slice(0, 4) === to.slice(0, 4) ? shortDay(from) : longDay(from)} – ${longDay(to)}`;
}

/** How long ago, in words. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** `DE` → `Germany`. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code;
}

/** `rate_limited` → `rate limited`. */
export const words = (name: string): string => name.replaceAll('_', ' ');
