import { expect, test } from 'vitest';

import { createEventIds } from '../../lib/event-id.ts';

test('ids are UUID v7, each another one, and tell their time', () => {
  const newEventId = createEventIds();
  const before = Date.now();
  const ids = Array.from({ length: 10_000 }, newEventId);
  const after = Date.now();
  expect(new Set(ids).size).toBe(10_000);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const moment = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    expect(moment).toBeGreaterThanOrEqual(before);
    expect(moment).toBeLessThanOrEqual(after);
  }
});
