/** Where the install is, as coarse as it gets: the country of the computer's time zone. */
import { ZONE_COUNTRIES } from './zone-countries.ts';

/** ISO 3166-1 alpha-2; null for zones without a country (`UTC`, `Etc/GMT+5`) and unknown ones. */
export function countryOfZone(zone: string): string | null {
  for (const line of ZONE_COUNTRIES.split('\n')) {
    const [country, ...zones] = line.split(' ');
    if (country && zones.includes(zone)) return country;
  }
  return null;
}

export function detectCountry(): string | null {
  return countryOfZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
}
