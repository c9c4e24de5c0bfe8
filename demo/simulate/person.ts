/** One made install: who they are and how they use the app. */
import type { Chance } from './chance.ts';

/** How long ago the earliest of those joined who were there before the first day. */
const DAYS_BEFORE = 60;

/** Weight, hours from UTC. */
const COUNTRIES = {
  US: [30, -6],
  DE: [12, 1],
  ES: [10, 1],
  GB: [9, 0],
  FR: [8, 1],
  IN: [7, 5],
  BR: [6, -3],
  JP: [5, 9],
  MX: [4, -6],
  NL: [3, 1],
  AU: [3, 10],
  SE: [2, 1],
  unknown: [1, 0],
} as const;
const COUNTRY_WEIGHTS = Object.fromEntries(
  Object.entries(COUNTRIES).map(([country, [weight]]) => [country, weight]),
) as Record<keyof typeof COUNTRIES, number>;

const PLATFORMS = {
  'macOS 15.1': 34,
  'macOS 14.6': 16,
  'Windows 11': 28,
  'Windows 10': 12,
  'Ubuntu 24.04': 7,
  'Fedora 41': 3,
};

export interface Person {
  userId: string;
  country: string | null;
  platform: string;
  hoursFromUtc: number;
  /** First day of use; negative: before the simulation. */
  joins: number;
  /** Day from which on the app is not used any more. */
  leaves: number;
  /** Chance of using it on a weekday. */
  habit: number;
  /** Recordings in a session, typically. */
  recordings: number;
  /** Share of recordings made with the widget. */
  widget: number;
  /** Day on which auto-paste is switched on; Infinity: never. */
  autoPasteFrom: number;
  /** Chance of using the dictionary in a session. */
  dictionary: number;
  /** Days between a release and its installation here. */
  updateLagDays: number;
  /** Chance that a day's records wait for a later day. */
  offline: number;
  developer: boolean;
}

export function makePerson(chance: Chance, days: number): Person {
  const country = chance.pick(COUNTRY_WEIGHTS);
  // A third was there before. Of the others more join the later it gets: the square root bends an even draw that way.
  const joins = chance.happens(1 / 3)
    ? -chance.integer(1, DAYS_BEFORE)
    : Math.floor(Math.sqrt(chance.fraction()) * days);
  const seenFrom = Math.max(joins, 0);
  const staysDays = chance.happens(0.25) ? chance.integer(1, 6) : chance.spread(90, 1);
  return {
    userId: chance.userId(),
    country: country === 'unknown' ? null : country,
    platform: chance.pick(PLATFORMS),
    hoursFromUtc: COUNTRIES[country][1],
    joins,
    leaves: seenFrom + Math.ceil(staysDays),
    habit: Math.min(0.95, chance.spread(0.45, 0.6)),
    recordings: chance.spread(2.2, 0.5),
    widget: chance.happens(0.6) ? 0.85 : 0.1,
    autoPasteFrom: chance.happens(0.55) ? seenFrom + chance.integer(0, 14) : Infinity,
    dictionary: chance.happens(0.3) ? 0.35 : 0.01,
    updateLagDays: Math.min(60, Math.floor(chance.spread(2.5, 1))),
    offline: chance.happens(0.08) ? 0.5 : 0.01,
    developer: chance.happens(0.01),
  };
}

/** Whether the person uses the app on this day at all. */
export function isActive(chance: Chance, person: Person, day: number, weekday: number): boolean {
  if (day < person.joins || day >= person.leaves) return false;
  if (day === person.joins) return true;
  const weekend = weekday === 0 || weekday === 6;
  return chance.happens(person.habit * (weekend ? 0.35 : 1));
}
