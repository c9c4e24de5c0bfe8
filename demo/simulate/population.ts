/** All people through all days: what arrives on each day, what was held back offline included. */
import { createChance } from './chance.ts';
import { isActive, makePerson, type Person } from './person.ts';
import { planReleases, releaseOn } from './releases.ts';
import { makeSession, type SessionRecords } from './session.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** When in their day people use the app: weight by local hour. */
const HOURS = Object.fromEntries(
  [1, 0, 0, 0, 0, 1, 2, 5, 10, 14, 15, 13, 9, 10, 13, 14, 12, 9, 6, 5, 5, 4, 3, 2].map((weight, hour) => [
    String(hour),
    weight,
  ]),
);

export interface PopulationOptions {
  users: number;
  days: number;
  seed: number;
  /** The last moment, milliseconds since the epoch: nothing is made after it. */
  until: number;
}

/** Yields, for each day, the records that reach the server on it. The same options yield the same records. */
export function* makePopulation({ users, days, seed, until }: PopulationOptions): Generator<SessionRecords> {
  const chance = createChance(seed);
  const people = Array.from({ length: users }, () => makePerson(chance, days));
  const releases = planReleases(days);
  const firstDay = Math.floor(until / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
  const held = new Map<Person, SessionRecords>();

  for (let day = 0; day < days; day += 1) {
    const startOfDay = firstDay + day * DAY_MS;
    const weekday = new Date(startOfDay).getUTCDay();
    const arriving: SessionRecords = { events: [], crashes: [] };
    for (const person of people) {
      if (!isActive(chance, person, day, weekday)) continue;
      const waiting = held.get(person) ?? { events: [], crashes: [] };
      const sessions = Math.max(1, Math.round(chance.spread(1.4, 0.5)));
      for (let session = 0; session < sessions; session += 1) {
        const localHour = Number(chance.pick(HOURS));
        const hour = (localHour - person.hoursFromUtc + 24) % 24;
        const made = makeSession(chance, {
          person,
          release: releaseOn(releases, day, person.updateLagDays),
          startsAt: startOfDay + hour * HOUR_MS + chance.integer(0, HOUR_MS - 1),
          switchesAutoPasteOn: session === 0 && day === person.autoPasteFrom,
        });
        append(waiting, until, made);
      }
      const isLastDay = day === days - 1;
      if (!isLastDay && chance.happens(person.offline)) held.set(person, waiting);
      else {
        held.delete(person);
        append(arriving, until, waiting);
      }
    }
    yield arriving;
  }
}

/** What happened after `until` has not happened yet. */
function append(to: SessionRecords, until: number, { events, crashes }: SessionRecords): void {
  const latest = new Date(until).toISOString();
  for (const event of events) if (event.timestamp <= latest) to.events.push(event);
  for (const crash of crashes) if (crash.timestamp <= latest) to.crashes.push(crash);
}
