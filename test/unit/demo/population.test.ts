import { expect, test } from 'vitest';

import { makePopulation } from '../../../demo/simulate/population.ts';
import { planReleases } from '../../../demo/simulate/releases.ts';
import { crashSchema } from '../../../lib/record/crash.ts';
import { compileCatalogue } from '../../../lib/record/catalogue.ts';
import { eventSchema } from '../../../lib/record/event.ts';
import { storiesCatalogue } from '../../../lib/record/index.ts';

const OPTIONS = { users: 60, days: 60, seed: 3, until: Date.parse('2026-06-30T12:00:00Z') };
const days = [...makePopulation(OPTIONS)];
const events = days.flatMap((day) => day.events);
const crashes = days.flatMap((day) => day.crashes);

test('every record is valid, its id its own, and none is from the future', () => {
  const catalogue = compileCatalogue(storiesCatalogue);
  for (const event of events) {
    expect(eventSchema.safeParse(event).success).toBe(true);
    expect(catalogue.check(event.event, event.properties)).toMatchObject({ ok: true, stripped: 0 });
  }
  for (const crash of crashes) expect(crashSchema.safeParse(crash).success).toBe(true);
  const all = [...events, ...crashes];
  expect(new Set(all.map(({ event_id }) => event_id)).size).toBe(all.length);
  expect(all.every(({ timestamp }) => Date.parse(timestamp) <= OPTIONS.until)).toBe(true);
});

test('the same seed makes the same records, another one others', () => {
  expect([...makePopulation(OPTIONS)]).toEqual(days);
  expect([...makePopulation({ ...OPTIONS, seed: 4 })]).not.toEqual(days);
});

test('the bad release crashes more than the others', () => {
  const bad = planReleases(OPTIONS.days).find((release) => release.bad)?.version;
  const crashesPerSession = (isBad: boolean): number => {
    const of = ({ app_version }: { app_version: string }): boolean => (app_version === bad) === isBad;
    return crashes.filter(of).length / new Set(events.filter(of).map(({ session_id }) => session_id)).size;
  };
  expect(crashesPerSession(true)).toBeGreaterThan(crashesPerSession(false) * 2);
});

test('some records arrive days after they were made', () => {
  const late = days.some(({ events }) => {
    const times = events.map(({ timestamp }) => Date.parse(timestamp));
    return Math.max(...times) - Math.min(...times) > 2 * 86_400_000;
  });
  expect(late).toBe(true);
});
