/**
 * Writes `lib/zone-countries.ts`: the country of each IANA time zone, old names included, from the
 * countries-and-timezones package. A table that is made beforehand costs the app no dependency, no loading time and no
 * bundler settings; a test fails when the package knows better.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { getAllTimezones, getTimezone } from 'countries-and-timezones';

/** Abbreviations such as `EST` or `CET` name an offset, and no place. */
const ABBREVIATION = /^(?:EST|MST|HST|WET|CET|MET|EET|[A-Z]{3}\d[A-Z]{3})$/;

/** Lines `Europe DE:Berlin,Busingen …`: the zones below `Europe/` by country. Those below nothing start with a space. */
export function zoneTable(): string {
  const areas = new Map<string, Map<string, string[]>>();
  for (const zone of Object.keys(getAllTimezones({ deprecated: true })).sort()) {
    const country = getTimezone(zone)?.countries[0];
    if (!country || ABBREVIATION.test(zone)) continue;
    const slash = zone.indexOf('/');
    const [area, place] = [zone.slice(0, Math.max(slash, 0)), zone.slice(slash + 1)];
    const countries = areas.get(area) ?? new Map<string, string[]>();
    areas.set(area, countries.set(country, [...(countries.get(country) ?? []), place]));
  }
  const line = (countries: Map<string, string[]>): string =>
    [...countries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([country, places]) => `${country}:${places.join(',')}`)
      .join(' ');
  return [...areas].map(([area, countries]) => `${area} ${line(countries)}`).join('\n');
}

if (import.meta.main) {
  const target = join(dirname(import.meta.dirname), 'lib', 'zone-countries.ts');
  writeFileSync(
    target,
    `/** The time zones of each country (ISO 3166-1 alpha-2), one area a line. Written by scripts/zone-countries.ts. */\nexport const ZONE_COUNTRIES = \`${zoneTable()}\`;\n`,
  );
}
