/** What questions with filters ask of users, in one pass over their histories. Pure. */
import {
  ACTIVE,
  AUTO_PASTE_ON,
  CRASHED,
  DAY_SECONDS,
  DICTIONARY,
  RETRY,
  SECOND_MICROSECONDS,
  TOGGLED,
  VALUES,
  WIDGET,
  dayNumber,
} from '../histories/format.ts';
import type { FacetLook } from './facets.ts';
import type { UserHistory } from './histories.ts';
import { HistoryValues } from './history-values.ts';
import { type StatsQuery, lengthInDays, mondayOf, weeksTouching } from './query.ts';
import { percentile } from './value-counts.ts';

const DAY_MICROSECONDS = DAY_SECONDS * SECOND_MICROSECONDS;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Histories do not know which was later of what a user did with different facets at the same time: other rows have to
 * tell.
 */
export interface Unclear {
  /** Active users with different countries at the end of the range. */
  countries: string[];
  /** Users who last toggled auto-paste this way and that. */
  autoPaste: { userId: string; active: boolean; active7d: boolean }[];
}

export class HistoryFigures {
  /** Users active on each day of the range, and in each of its weeks. */
  readonly days: Float64Array;
  readonly weeks: Float64Array;
  /** Of the range. */
  readonly values = new HistoryValues();
  /** Active users by number of their country. */
  readonly countries = new Map<number, number>();
  readonly unclear: Unclear = { countries: [], autoPaste: [] };
  readonly users = {
    active: 0,
    auto_paste: 0,
    dictionary: 0,
    retry: 0,
    crashed: 0,
    active_1d: 0,
    active_7d: 0,
    active_30d: 0,
    auto_paste_7d: 0,
    widget_7d: 0,
    dictionary_7d: 0,
    retry_7d: 0,
  };
  readonly soFar = {
    total_users: 0,
    total_users_week_ago: 0,
    new_users_7d: 0,
    new_users_30d: 0,
    eligible_7d: 0,
    retained_7d: 0,
    eligible_30d: 0,
    retained_30d: 0,
  };
  readonly #secondsToFirstCrash: number[] = [];
  readonly #facets: FacetLook;
  readonly #from: number;
  readonly #to: number;
  readonly #firstMonday: number;

  constructor(query: StatsQuery, facets: FacetLook) {
    this.#facets = facets;
    this.#from = dayNumber(query.from);
    this.#to = dayNumber(query.to);
    this.#firstMonday = dayNumber(mondayOf(query.from));
    this.days = new Float64Array(lengthInDays(query));
    this.weeks = new Float64Array(weeksTouching(query).length);
  }

  add(history: UserHistory): void {
    const first = this.#readFirst(history);
    const did = this.#readDays(history, first.day);
    this.#addSoFar(first, did);
    this.#addRecent(did);
    const active = did.inRange !== 0;
    if (did.toggleIsUnclear) {
      this.unclear.autoPaste.push({
        userId: history.userId(),
        active,
        active7d: (did.inWeek & ACTIVE) !== 0,
      });
    }
    if (!active) return;
    const { users } = this;
    users.active += 1;
    if (did.autoPaste && !did.toggleIsUnclear) users.auto_paste += 1;
    if ((did.inRange & DICTIONARY) !== 0) users.dictionary += 1;
    if ((did.inRange & RETRY) !== 0) users.retry += 1;
    if (did.crashedInRange) users.crashed += 1;
    if (did.countryIsUnclear) this.unclear.countries.push(history.userId());
    else this.countries.set(did.country, (this.countries.get(did.country) ?? 0) + 1);
  }

  medianSecondsToFirstCrash(): number | null {
    const seconds = Float64Array.from(this.#secondsToFirstCrash).sort();
    return seconds.length === 0 ? null : percentile(0.5, seconds.length, (rank) => seconds[rank]!);
  }

  /** The user's first matching event; infinite where there is none. */
  #readFirst({ firsts }: UserHistory): First {
    let [day, time] = [NEVER, NEVER];
    while (firsts.next()) {
      if (this.#facets.matches[firsts.facetId] === 0) continue;
      day = Math.min(day, firsts.day);
      time = Math.min(time, momentOf(firsts.day, firsts.time));
    }
    return { day, time };
  }

  #readDays({ days, values }: UserHistory, firstDay: number): Did {
    const { matches, countries } = this.#facets;
    const [from, to] = [this.#from, this.#to];
    const did = nothingDone();
    let [countryUntil, toggleUntil, activeDay, activeWeek] = [-NEVER, -NEVER, -NEVER, -1];
    while (days.next() && days.day <= to) {
      const { day, flags } = days;
      if ((flags & VALUES) !== 0) values.next();
      if (matches[days.facetId] === 0) continue;
      if ((flags & CRASHED) !== 0) {
        did.firstCrash = Math.min(did.firstCrash, momentOf(day, days.firstCrash));
        did.crashedInRange ||= day >= from;
      }
      if ((flags & TOGGLED) !== 0) {
        const on = (flags & AUTO_PASTE_ON) !== 0;
        const isLater = day * DAY_SECONDS + days.firstSecond > toggleUntil;
        did.toggleIsUnclear = !isLater && (did.toggleIsUnclear || on !== did.autoPaste);
        did.autoPaste = on;
        toggleUntil = Math.max(toggleUntil, day * DAY_SECONDS + days.lastSecond);
      }
      if ((flags & ACTIVE) === 0) continue;
      did.cameBackAfter7d ||= day >= firstDay + 7 && day < firstDay + 14;
      did.cameBackAfter30d ||= day >= firstDay + 30 && day < firstDay + 60;
      if (day > to - 30) did.inMonth = true;
      if (day > to - 7) did.inWeek |= flags;
      if (day === to) did.onLastDay = true;
      if (day < from) continue;
      did.inRange |= flags;
      if ((flags & VALUES) !== 0) values.each(this.values);
      const country = countries[days.facetId]!;
      if (country !== 0) {
        const isLater = day * DAY_SECONDS + days.firstSecond > countryUntil;
        did.countryIsUnclear = !isLater && (did.countryIsUnclear || country !== did.country);
        did.country = country;
        countryUntil = Math.max(countryUntil, day * DAY_SECONDS + days.lastSecond);
      }
      if (day === activeDay) continue;
      activeDay = day;
      this.days[day - from]! += 1;
      const week = Math.floor((day - this.#firstMonday) / 7);
      if (week === activeWeek) continue;
      activeWeek = week;
      this.weeks[week]! += 1;
    }
    return did;
  }

  #addSoFar({ day, time }: First, did: Did): void {
    const age = this.#to - day;
    if (age < 0) return;
    const { soFar } = this;
    soFar.total_users += 1;
    if (age >= 7) soFar.total_users_week_ago += 1;
    if (age < 7) soFar.new_users_7d += 1;
    if (age < 30) soFar.new_users_30d += 1;
    if (age >= 13) soFar.eligible_7d += 1;
    if (age >= 13 && did.cameBackAfter7d) soFar.retained_7d += 1;
    if (age >= 59) soFar.eligible_30d += 1;
    if (age >= 59 && did.cameBackAfter30d) soFar.retained_30d += 1;
    if (did.firstCrash !== NEVER && did.firstCrash >= time) {
      this.#secondsToFirstCrash.push((did.firstCrash - time) / SECOND_MICROSECONDS);
    }
  }

  #addRecent({ onLastDay, inMonth, inWeek, autoPaste, toggleIsUnclear }: Did): void {
    const { users } = this;
    if (onLastDay) users.active_1d += 1;
    if (inMonth) users.active_30d += 1;
    if (inWeek === 0) return;
    users.active_7d += 1;
    if (autoPaste && !toggleIsUnclear) users.auto_paste_7d += 1;
    if ((inWeek & WIDGET) !== 0) users.widget_7d += 1;
    if ((inWeek & DICTIONARY) !== 0) users.dictionary_7d += 1;
    if ((inWeek & RETRY) !== 0) users.retry_7d += 1;
  }
}

interface First {
  day: number;
  /** Microseconds since 1970. */
  time: number;
}

/** What one user did up to the end of the range. */
interface Did {
  /** All flags of active days in the range, and in the last seven days. */
  inRange: number;
  inWeek: number;
  inMonth: boolean;
  onLastDay: boolean;
  cameBackAfter7d: boolean;
  cameBackAfter30d: boolean;
  crashedInRange: boolean;
  /** Microseconds since 1970. */
  firstCrash: number;
  autoPaste: boolean;
  toggleIsUnclear: boolean;
  country: number;
  countryIsUnclear: boolean;
}

function nothingDone(): Did {
  return {
    inRange: 0,
    inWeek: 0,
    inMonth: false,
    onLastDay: false,
    cameBackAfter7d: false,
    cameBackAfter30d: false,
    crashedInRange: false,
    firstCrash: NEVER,
    autoPaste: false,
    toggleIsUnclear: false,
    country: 0,
    countryIsUnclear: false,
  };
}

/** Microseconds since 1970. */
function momentOf(day: number, microseconds: number): number {
  return day * DAY_MICROSECONDS + microseconds;
}
