import { expect, test } from 'vitest';

import { ApiError } from '../../../../server/errors.ts';
import { parseStatsQuery } from '../../../../server/routes/stats-query.ts';

const TODAY = '2026-06-30';
const parse = (query: string, own: string[] = []) => parseStatsQuery(`/stats${query}`, own, TODAY);

test('without parameters: the thirty days up to today, production', () => {
  expect(parse('').query).toEqual({
    from: '2026-06-01',
    to: TODAY,
    filters: { environment: ['production'] },
  });
});

test('from alone reaches to today, to alone thirty days back', () => {
  expect(parse('?from=2026-06-20').query).toMatchObject({ from: '2026-06-20', to: TODAY });
  expect(parse('?to=2024-03-01').query).toMatchObject({ from: '2024-02-01', to: '2024-03-01' });
});

test('filters take several values, exactly as they are', () => {
  expect(
    parse('?app_version=1.0,1.1&platform=macOS%2015.1&country=DE&environment=development').query.filters,
  ).toEqual({
    app_version: ['1.0', '1.1'],
    platform: ['macOS 15.1'],
    country: ['DE'],
    environment: ['development'],
  });
});

test('environment=all takes every one', () => {
  expect(parse('?environment=all').query.filters).toEqual({});
});

test('a value that no text can hold matches nothing', () => {
  expect(parse('?app_version=%00').query.filters.app_version).toEqual([]);
});

test('a leap day and a range of 366 days are fine', () => {
  expect(parse('?from=2024-02-29&to=2025-02-28').query).toMatchObject({ from: '2024-02-29' });
});

test.each([
  ['?from=2026-02-30', 'from'],
  ['?from=2025-02-29', 'from'],
  ['?to=2026-6-1', 'to'],
  ['?to=yesterday', 'to'],
  ['?to=2026-06-01T00:00:00Z', 'to'],
  ['?to=', 'to'],
  ['?to=0000-01-01', 'to'],
  ['?from=2026-07-01', 'from'],
  ['?from=2026-06-02&to=2026-06-01', 'from'],
  ['?from=2025-06-29&to=2026-06-30', 'from'],
  ['?from=2026-06-01&from=2026-06-02', 'from'],
  ['?app_version=', 'app_version'],
  ['?app_version=1.0,,1.1', 'app_version'],
  ['?country=DE,', 'country'],
  ['?version=1.0', 'version'],
  ['?From=2026-06-01', 'From'],
  ['?steps=a,b', 'steps'],
  ['?__proto__=1', '__proto__'],
])('%s is refused, naming %s', (query, parameter) => {
  const refusal = (): unknown => parse(query);
  expect(refusal).toThrow(ApiError);
  expect(refusal).toThrow(new RegExp(`^${parameter}: `));
});
