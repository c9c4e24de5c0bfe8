import { expect, test } from 'vitest';

import { createSession } from '../../lib/session.ts';

const MINUTE = 60_000;

test('activity within 30 minutes is one session, after more it is another', () => {
  let now = Date.parse('2026-06-01T10:00:00Z');
  const session = createSession(() => now);
  const first = session.touch();
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  for (let i = 0; i < 5; i += 1) {
    now += 30 * MINUTE;
    expect(session.touch()).toBe(first);
  }
  now += 30 * MINUTE + 1;
  expect(session.id).toBe(first);
  const second = session.touch();
  expect(second).not.toBe(first);
  expect(session.id).toBe(second);
});

test('a clock set back starts no session', () => {
  let now = Date.parse('2026-06-01T10:00:00Z');
  const session = createSession(() => now);
  const first = session.touch();
  now -= 365 * 24 * 60 * MINUTE;
  expect(session.touch()).toBe(first);
  now += 29 * MINUTE;
  expect(session.touch()).toBe(first);
});

test('another session can be asked for', () => {
  const session = createSession();
  const { id } = session;
  session.renew();
  expect(session.id).not.toBe(id);
});
