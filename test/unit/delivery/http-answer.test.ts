import { expect, test } from 'vitest';

import { readAnswer } from '../../../lib/delivery/http-answer.ts';

const NOW = Date.parse('2026-06-01T10:00:00.000Z');
const answer = (status: number, body: unknown = '', retryAfter: string | null = null) => ({
  status,
  retryAfter,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const rejection = (index: number) => ({ index, event_id: null, code: 'too_old', message: 'too old' });

test('only a verdict on exactly the records sent settles them', () => {
  const verdict = { accepted: 1, duplicates: 1, stripped: 3, rejected: [rejection(2)] };
  expect(readAnswer(answer(200, verdict), 3, NOW)).toEqual({
    status: 'settled',
    rejected: [{ index: 2, code: 'too_old', message: 'too old' }],
  });
});

test.each([
  ['a captive portal', '<html>Please sign in</html>'],
  ['nothing', ''],
  ['another JSON', { ok: true }],
  ['a list', []],
  ['too few records', { accepted: 2, duplicates: 0, stripped: 0, rejected: [] }],
  ['too many records', { accepted: 4, duplicates: 0, stripped: 0, rejected: [] }],
  ['an index out of range', { accepted: 2, duplicates: 0, stripped: 0, rejected: [rejection(3)] }],
  ['an index twice', { accepted: 1, duplicates: 0, stripped: 0, rejected: [rejection(0), rejection(0)] }],
  ['a count that is no number', { accepted: '3', duplicates: 0, stripped: 0, rejected: [] }],
])('a 200 that is not ours settles nothing: %s', (_what, body) => {
  expect(readAnswer(answer(200, body), 3, NOW).status).toBe('retry');
});

test.each([
  [400, 'split'],
  [413, 'split'],
  [401, 'refused'],
  [403, 'refused'],
  [404, 'refused'],
  [405, 'refused'],
  ...[
    0, 100, 201, 204, 301, 302, 307, 308, 402, 406, 408, 415, 418, 425, 429, 451, 500, 501, 502, 503, 504,
    599,
  ].map((status) => [status, 'retry'] as const),
] as const)('HTTP %i means %s', (status, expected) => {
  const body = { accepted: 1, duplicates: 0, stripped: 0, rejected: [] };
  expect(readAnswer(answer(status, body), 1, NOW).status).toBe(expected);
});

test('Retry-After is passed on', () => {
  expect(readAnswer(answer(429, '', '7'), 1, NOW)).toEqual({
    status: 'retry',
    reason: 'HTTP 429',
    afterMs: 7_000,
  });
  expect(readAnswer(answer(503, '', 'Mon, 01 Jun 2026 10:00:30 GMT'), 1, NOW)).toMatchObject({
    afterMs: 30_000,
  });
  expect(readAnswer(answer(503), 1, NOW)).toEqual({ status: 'retry', reason: 'HTTP 503' });
});
