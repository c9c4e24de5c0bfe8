/** What is written into a history comes out again. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

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
  encodeDay,
  encodeFirsts,
  encodeValues,
} from '../../../../server/store/histories/format.ts';
import { DayReader, FirstReader, ValueReader } from '../../../../server/store/histories/readers.ts';

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
function inOrder(steps: Float64Array) {
  const sorted = [...steps].toSorted((a, b) => a - b);
  const times = sorted.map((each) => Math.floor(each / NAMES));
  const pairs = times.map((time) => Math.floor(time / SECOND_MICROSECONDS / 2));
  return {
    names: sorted.map((each, i) => (each % NAMES) * 2 + (i > 0 && times[i] === times[i - 1] ? 1 : 0)),
    firstSecond: pairs.length === 0 ? 0 : pairs[0]! * 2,
    lastSecond: pairs.length === 0 ? 0 : pairs.at(-1)! * 2 + 1,
  };
}

test('days of all kinds', () => {
  fc.assert(
    fc.property(fc.array(historyDay, { maxLength: 6 }), fc.nat({ max: 9 }), (days, before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), ...days.map(encodeDay)]);
      const reader = new DayReader();
      reader.open(bytes, before, bytes.length);
      for (const written of days) {
        expect(reader.next()).toBe(true);
        expect({ day: reader.day, facetId: reader.facetId }).toEqual({
          day: written.day,
          facetId: written.facetId,
        });
        const has = (flag: number): boolean => (reader.flags & flag) !== 0;
        expect({
          widget: has(WIDGET),
          dictionary: has(DICTIONARY),
          retry: has(RETRY),
          autoPaste: has(TOGGLED) ? has(AUTO_PASTE_ON) : null,
          firstCrash: has(CRASHED) ? reader.firstCrash : null,
        }).toEqual({
          widget: written.widget,
          dictionary: written.dictionary,
          retry: written.retry,
          autoPaste: written.autoPaste,
          firstCrash: written.firstCrash,
        });
        const { names, firstSecond, lastSecond } = inOrder(written.steps);
        expect(has(ACTIVE)).toBe(names.length > 0);
        expect([reader.firstSecond, reader.lastSecond]).toEqual([firstSecond, lastSecond]);
        const count = reader.readNames();
        expect([...reader.names.subarray(0, count)]).toEqual(names);
        expect(has(VALUES)).toBe(written.processingSeconds.length + written.failureTypes.length > 0);
      }
      expect(reader.next()).toBe(false);
    }),
  );
});

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
