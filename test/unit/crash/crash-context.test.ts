import { afterEach, expect, it, vi } from 'vitest';

import { describeMoment } from '../../../lib/crash/crash-context.ts';

afterEach(() => void vi.restoreAllMocks());

it.each([
  [1_234, 1.2, true],
  [4_999, 5, true],
  [5_000, 5, false],
  [3_600_000, 3_600, false],
])(
  'tells %i ms after the start how long the process runs, and whether it was starting',
  (now, seconds, starting) => {
    vi.spyOn(performance, 'now').mockReturnValue(now);
    expect(describeMoment([])).toMatchObject({ uptime_seconds: seconds, during_startup: starting });
  },
);

it('tells process, memory and the last steps, without marking which name events', () => {
  const at = '2026-06-01T00:00:00.000Z';
  const moment = describeMoment([{ at, message: 'dictionary_used', event: true }]);
  expect(moment['process_type']).toBe('node');
  expect(moment['memory']).toEqual({
    rss_mib: expect.any(Number),
    heap_used_mib: expect.any(Number),
    system_free_mib: expect.any(Number),
    system_total_mib: expect.any(Number),
  });
  expect(moment['breadcrumbs']).toEqual([{ at, message: 'dictionary_used' }]);
});

it('goes on where memory cannot be read', () => {
  vi.spyOn(process, 'memoryUsage').mockImplementation(() => {
    throw new Error('EACCES /proc/self/stat');
  });
  expect(describeMoment([])['memory']).toBeNull();
});
