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

/** Lines `DE Europe/Berlin …`, both sorted. */
export function zoneTable(): string {
  const zones = new Map<string, string[]>();
  for (const name of Object.keys(getAllTimezones({ deprecated: true }))) {
    const country = getTimezone(name)?.countries[0];
    if (!country || ABBREVIATION.test(name)) continue;
    zones.set(country, [...(zones.get(country) ?? []), name]);
  }
  return [...zones]
    .map(([country, names]) => `${country} ${names.sort().join(' ')}`)
    .sort()
    .join('\n');
}

if (import.meta.main) {
  const target = join(dirname(import.meta.dirname), 'lib', 'zone-countries.ts');
  writeFileSync(
    target,
    `/** Country (ISO 3166-1 alpha-2) and its time zones, one country a line. Written by scripts/zone-countries.ts. */\nexport const ZONE_COUNTRIES = \`\n${zoneTable()}\n\`;\n`,
  );
}
