import { expect, test } from 'vitest';

import { Ledger } from '../../../demo/tour/ledger.ts';
import type { StoredRecords } from '../../../demo/tour/stored.ts';

function stored(...names: string[]): StoredRecords {
  const events = names.map((event, index) => ({
    event,
    event_id: `id-${index}`,
    timestamp: new Date().toISOString(),
  }));
  return { events: events as unknown as StoredRecords['events'], crashes: [] };
}

test('is content where each record is there once', () => {
  const ledger = new Ledger();
  ledger.expect('app_opened', 'recording_started', 'recording_started');
  expect(ledger.total).toBe(3);
  expect(ledger.problems(stored('recording_started', 'app_opened', 'recording_started'))).toEqual([]);
});

test('names what is missing and what is too much', () => {
  const ledger = new Ledger();
  ledger.expect('app_opened', 'recording_started', 'recording_started');
  expect(ledger.problems(stored('app_opened', 'app_opened', 'recording_started'))).toEqual([
    '2 app_opened arrived, 1 were made.',
    '1 of 2 recording_started did not arrive.',
  ]);
});

test('bears what may come, once', () => {
  const ledger = new Ledger();
  ledger.allow('native_crash');
  expect(ledger.problems(stored())).toEqual([]);
  expect(ledger.problems(stored('native_crash'))).toEqual([]);
  expect(ledger.problems(stored('native_crash', 'native_crash'))).toEqual([
    '2 native_crash arrived, 1 were made.',
  ]);
});

test('notices a record that is stored twice', () => {
  const ledger = new Ledger();
  ledger.expect('app_opened', 'app_opened');
  const twice = stored('app_opened', 'app_opened');
  twice.events[1]!.event_id = twice.events[0]!.event_id;
  expect(ledger.problems(twice)).toEqual(['1 records are stored twice.']);
});

test('notices an event from the time when sharing was off', () => {
  const ledger = new Ledger();
  ledger.expect('app_opened');
  ledger.beginSilence();
  const records = stored('app_opened');
  expect(ledger.problems(records)).toEqual([
    expect.stringMatching(/^app_opened of .* although sharing was off/),
  ]);
});
