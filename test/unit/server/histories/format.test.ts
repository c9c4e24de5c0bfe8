/** What is written into a history comes out again. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { DayReader } from '../../../../server/store/histories/day-columns.ts';
import {
  type Entry,
  eachName,
  entryOf,
  inOrder,
  join,
  readEntries,
} from '../../../../server/store/histories/entries.ts';
import {
  ACTIVE,
  AUTO_PASTE_ON,
  CRASHED,
  DICTIONARY,
  type HistoryDay,
  NAMES,
  RETRY,
  SECOND_MICROSECONDS,
  TOGGLED,
  VALUES,
  WIDGET,
  dayNumber,
  encodeFirsts,
  encodeValues,
} from '../../../../server/store/histories/format.ts';
import { FirstReader, ValueReader } from '../../../../server/store/histories/readers.ts';

const timeOfDay = fc.integer({ min: 0, max: 86_399_999_999 });
const dayOfHistory = fc.integer({ min: dayNumber('1900-01-01'), max: dayNumber('2200-12-31') });
const number = fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 2 ** 31 - 1 }));
const processingTime = fc.oneof(
  fc.nat({ max: 40_000 }).map((milliseconds) => milliseconds / 1000),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0.001, 0.0005, 1_073_741.823, 1_073_741.824),
);
const step = fc.tuple(
  fc.oneof(timeOfDay, fc.constantFrom(0, 5, 86_399_999_999)),
  fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: NAMES - 1 })),
);
const historyDay = fc.record<HistoryDay>({
  day: dayOfHistory,
  facetId: number,
  widget: fc.boolean(),
  dictionary: fc.boolean(),
  retry: fc.boolean(),
  autoPaste: fc.option(fc.boolean()),
  firstCrash: fc.option(timeOfDay),
  steps: fc.array(step).map((steps) => Float64Array.from(steps, ([time, name]) => time * NAMES + name)),
  processingSeconds: fc.array(processingTime),
  failureTypes: fc.array(number),
});

/** The names of steps in the order of time, as `readNames` gives them, and the seconds around them. */
function inTime(steps: Float64Array) {
  const sorted = [...steps].toSorted((a, b) => a - b);
  const times = sorted.map((each) => Math.floor(each / NAMES));
  const pairs = times.map((time) => Math.floor(time / SECOND_MICROSECONDS / 2));
  return {
    names: sorted.map((each, i) => (each % NAMES) * 2 + (i > 0 && times[i] === times[i - 1] ? 1 : 0)),
    firstSecond: pairs.length === 0 ? 0 : pairs[0]! * 2,
    lastSecond: pairs.length === 0 ? 0 : pairs.at(-1)! * 2 + 1,
  };
}

test('days of all kinds, settled and recent', () => {
  fc.assert(
    fc.property(histories, fc.nat(), fc.nat({ max: 9 }), (days, settled, between) => {
      const split = settled % (days.length + 1);
      const [first, second] = [join(days.slice(0, split).map(entryOf)), join(days.slice(split).map(entryOf))];
      const bytes = Buffer.concat([Buffer.alloc(between), first.days, Buffer.alloc(between), second.days]);
      const reader = new DayReader();
      // What an earlier history left must not be seen.
      const earlier = join(inOrder(fc.sample(historyDay, { numRuns: 3, seed: 1 }).map(entryOf)));
      reader.open(earlier.days, 0, earlier.days.length);
      const end = between + first.days.length;
      reader.open(bytes, between, end, end + between, bytes.length);
      for (const written of days) {
        expect(reader.next()).toBe(true);
        expect(read(reader)).toEqual(told(written));
      }
      expect(reader.next()).toBe(false);
    }),
  );
});

/** In the order that histories have, many of them on the same days and with the same facets. */
const histories = fc
  .tuple(fc.array(historyDay, { maxLength: 6 }), fc.array(fc.nat({ max: 300 }), { maxLength: 90 }))
  .map(([days, distances]) => {
    const others = distances.flatMap((distance, i) => {
      const like = days[i % days.length];
      return like ? [{ ...like, day: like.day + distance }] : [];
    });
    return [...days, ...others].toSorted((a, b) => a.day - b.day);
  });

const counts = new Float64Array(NAMES);

function read(reader: DayReader) {
  const has = (flag: number): boolean => (reader.flags & flag) !== 0;
  reader.addNamesTo(counts);
  const names = [...namesOf(reader)];
  const counted = names.map((name) => [name >> 1, counts[name >> 1]!] as const);
  for (const [name] of counted) counts[name] = 0;
  return {
    day: reader.day,
    facetId: reader.facetId,
    widget: has(WIDGET),
    dictionary: has(DICTIONARY),
    retry: has(RETRY),
    active: has(ACTIVE),
    values: has(VALUES),
    autoPaste: has(TOGGLED) ? has(AUTO_PASTE_ON) : null,
    firstCrash: has(CRASHED) ? reader.firstCrash : null,
    names,
    counts: Object.fromEntries(counted),
    firstSecond: reader.firstSecond,
    lastSecond: reader.lastSecond,
  };
}

function* namesOf(reader: DayReader): Generator<number> {
  for (let name = reader.nextName(); name !== -1; name = reader.nextName()) yield name;
}

function told({ steps, processingSeconds, failureTypes, ...written }: HistoryDay): ReturnType<typeof read> {
  const { names, ...seconds } = inTime(steps);
  const expected: Record<string, number> = {};
  for (const name of names) expected[name >> 1] = (expected[name >> 1] ?? 0) + 1;
  return {
    ...written,
    active: names.length > 0,
    values: processingSeconds.length + failureTypes.length > 0,
    names,
    counts: expected,
    ...seconds,
  };
}

test('columns as wide as they have to be', () => {
  const nothing = fc.sample(historyDay, { numRuns: 1, seed: 1 })[0]!;
  const steps = (count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => i * NAMES + 1);
  const days = [0, 0, 255, 511, 70_000, 80_000].map((day) => ({
    ...nothing,
    day,
    facetId: 7,
    steps: steps(1),
  }));
  for (const events of [0, 255, 256, 65_536, 16_777_216]) {
    const history = [...days, { ...nothing, day: 80_000, facetId: 8, steps: steps(events) }];
    const { days: bytes } = join(history.map(entryOf));
    expect(everyEntry(bytes)).toEqual(
      history.map(({ day, facetId, steps: { length } }) => [day, facetId, length]),
    );
  }
  const facets = Array.from({ length: 300 }, (_, facetId) => ({
    ...nothing,
    day: 1,
    facetId: facetId * 1_000,
  }));
  const entries = everyEntry(join(facets.map(entryOf)).days);
  expect(entries.map(([, facetId]) => facetId)).toEqual(facets.map(({ facetId }) => facetId));
});

/** Day, facet and number of names of each. */
function everyEntry(bytes: Buffer): number[][] {
  const entries: number[][] = [];
  const reader = new DayReader();
  reader.open(bytes, 0, bytes.length);
  while (reader.next()) {
    let names = 0;
    while (reader.nextName() !== -1) names += 1;
    entries.push([reader.day, reader.facetId, names]);
  }
  return entries;
}

test('names of an entry, of however many bytes', () => {
  const steps = Float64Array.from([63, 64, 5, 8_191, 8_192, NAMES - 1, 0], (nameId, i) => i * NAMES + nameId);
  const told: number[] = [];
  eachName(entryOf({ ...fc.sample(historyDay, { numRuns: 1, seed: 1 })[0]!, steps }).names, (nameId) =>
    told.push(nameId),
  );
  expect(told).toEqual([63, 64, 5, 8_191, 8_192, NAMES - 1, 0]);
});

test('entries come out as they went in', () => {
  fc.assert(
    fc.property(histories, (days) => {
      const entries = days.map(entryOf);
      expect(readEntries(join(entries)).map(plain)).toEqual(entries.map(plain));
    }),
  );
});

const plain = ({ names, values, ...entry }: Entry) => ({ ...entry, names: [...names], values: [...values] });

test('when users were first seen', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ facetId: number, day: dayOfHistory, time: timeOfDay })), (firsts) => {
      const bytes = encodeFirsts(firsts);
      const reader = new FirstReader();
      reader.open(bytes, 0, bytes.length);
      const read: typeof firsts = [];
      while (reader.next()) read.push({ facetId: reader.facetId, day: reader.day, time: reader.time });
      expect(read).toEqual(firsts);
    }),
  );
});

test('values of days that have any', () => {
  fc.assert(
    fc.property(fc.array(historyDay, { maxLength: 6 }), fc.array(fc.boolean()), (days, isSkipped) => {
      const bytes = Buffer.concat(days.map(encodeValues));
      const reader = new ValueReader();
      reader.open(bytes, 0, bytes.length);
      days.forEach(({ processingSeconds, failureTypes }, i) => {
        if (processingSeconds.length + failureTypes.length === 0) return;
        reader.next();
        if (isSkipped[i] === true) return;
        const [times, failures]: [number[], number[]] = [[], []];
        reader.each({
          addMilliseconds: (milliseconds) => times.push(milliseconds / 1000),
          addSeconds: (seconds) => times.push(seconds),
          addFailure: (type) => failures.push(type),
        });
        // Negative zero is written as zero.
        expect(times).toEqual(processingSeconds.map((seconds) => seconds + 0));
        expect(failures).toEqual(failureTypes);
      });
      expect(reader.end).toBe(bytes.length);
    }),
  );
});
