import { expect, test } from 'vitest';

import { countryOfZone, detectCountry } from '../../lib/country.ts';
import { ZONE_COUNTRIES } from '../../lib/zone-countries.ts';
import { zoneTable } from '../../scripts/zone-countries.ts';

test.each([
  ['Europe/Berlin', 'DE'],
  ['America/Argentina/Buenos_Aires', 'AR'],
  ['Asia/Kolkata', 'IN'],
  // Old names.
  ['Asia/Calcutta', 'IN'],
  ['Asia/Saigon', 'VN'],
  ['Asia/Katmandu', 'NP'],
  ['Asia/Rangoon', 'MM'],
  ['America/Godthab', 'GL'],
  ['America/Buenos_Aires', 'AR'],
  ['Europe/Kiev', 'UA'],
  ['Europe/Kyiv', 'UA'],
  ['US/Pacific', 'US'],
  ['GB', 'GB'],
  ['Eire', 'IE'],
  ['Japan', 'JP'],
  ['PRC', 'CN'],
  // Links to another country's zone.
  ['Europe/Stockholm', 'SE'],
  ['Atlantic/Reykjavik', 'IS'],
  ['Africa/Luanda', 'AO'],
  // No country.
  ['UTC', null],
  ['Etc/UTC', null],
  ['Etc/GMT+5', null],
  ['GMT', null],
  ['Zulu', null],
  ['EST', null],
  ['CET', null],
  ['EST5EDT', null],
  ['Mars/Olympus', null],
  ['', null],
])('%s lies in %s', (zone, country) => {
  expect(countryOfZone(zone)).toBe(country);
});

test('every zone that this Node knows has a country, but those without one', () => {
  const without = Intl.supportedValuesOf('timeZone').filter((zone) => countryOfZone(zone) === null);
  expect(without.filter((zone) => !/^(?:UTC|Etc\/.*)$/.test(zone))).toEqual([]);
});

test('the table is what the package says today: if not, run scripts/zone-countries.ts', () => {
  expect(ZONE_COUNTRIES).toBe(zoneTable());
});

test('the computer is asked', () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(detectCountry()).toBe(countryOfZone(zone));
});
