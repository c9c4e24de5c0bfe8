/** The wire format of single records: events and crashes. */
import { describe, expect, it } from 'vitest';

import { crashSchema } from '../../../lib/record/crash.ts';
import { eventSchema } from '../../../lib/record/event.ts';
import { codePointLength } from '../../../lib/record/bounded-text.ts';
import { makeCrash, makeEvent } from '../../helpers/records.ts';

describe('an event', () => {
  it('passes as it is made', () => {
    const event = makeEvent();
    expect(eventSchema.parse(event)).toEqual(event);
  });

  it.each([
    ['event_id', 'no-uuid'],
    ['user_id', 1],
    ['timestamp', '2026-06-01'],
    ['timestamp', '2026-13-01T00:00:00Z'],
    ['timestamp', '2026-06-01T10:00:00'],
    ['timestamp', 1_780_000_000_000],
    ['event', 'Recording'],
    ['event', 'a'.repeat(65)],
    ['properties', { a: null }],
    ['properties', { a: { b: 1 } }],
    ['properties', { a: 'x'.repeat(201) }],
    ['properties', { a: Number.NaN }],
    ['properties', []],
    ['properties', Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`p${at}`, at]))],
    ['app_version', '1'.repeat(21)],
    ['app_version', null],
    ['platform', 'x'.repeat(51)],
    ['country', 'de'],
    ['country', 'DEU'],
    ['environment', 'staging'],
    ['session_id', 'x'],
  ])('is refused with %s %j', (field, value) => {
    expect(eventSchema.safeParse({ ...makeEvent(), [field]: value }).success).toBe(false);
  });

  it.each(['session_id', 'country', 'environment'])('may leave %s out, or have null', (field) => {
    const { [field as 'country']: _, ...event } = makeEvent();
    expect(eventSchema.safeParse(event).success).toBe(true);
    expect(eventSchema.safeParse({ ...event, [field]: null }).success).toBe(true);
  });

  it('takes other forms of UUIDs and times, and keeps ids in lower case', () => {
    const event = makeEvent({
      event_id: '3FA85F64-5717-4562-B3FC-2C963F66AFA6',
      timestamp: '2026-06-01T12:00:00.123456+02:00',
    });
    expect(eventSchema.parse(event)).toMatchObject({ event_id: event.event_id.toLowerCase() });
  });

  it('counts characters, not UTF-16 units', () => {
    expect(codePointLength('🙈a')).toBe(2);
    expect(eventSchema.safeParse(makeEvent({ properties: { note: '🙈'.repeat(200) } })).success).toBe(true);
  });
});

describe('a crash', () => {
  it('passes as it is made, whatever the length of its texts', () => {
    const crash = makeCrash({ error_message: 'x'.repeat(100_000), app_version: '1'.repeat(100) });
    expect(crashSchema.parse(crash)).toEqual(crash);
  });

  it.each([
    ['crash_type', 'oops'],
    ['error_message', null],
    ['stack_trace', 1],
    ['context', 'text'],
    ['context', []],
    ['user_id', ''],
  ])('is refused with %s %j', (field, value) => {
    expect(crashSchema.safeParse({ ...makeCrash(), [field]: value }).success).toBe(false);
  });

  it.each(['stack_trace', 'context', 'os_version', 'platform', 'country', 'environment', 'session_id'])(
    'may leave %s out, or have null',
    (field) => {
      const { [field as 'country']: _, ...crash } = makeCrash();
      expect(crashSchema.safeParse(crash).success).toBe(true);
      expect(crashSchema.safeParse({ ...crash, [field]: null }).success).toBe(true);
    },
  );
});
