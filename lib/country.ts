/** Where the install is, as coarse as it gets: the country of the computer's time zone. */
import type { RecordQueue } from './queue/types.ts';
import { ZONE_COUNTRIES } from './zone-countries.ts';

/** ISO 3166-1 alpha-2; null for zones without a country (`UTC`, `Etc/GMT+5`) and unknown ones. */
export function countryOfZone(zone: string): string | null {
  const slash = zone.indexOf('/');
  const [area, place] = [zone.slice(0, Math.max(slash, 0)), zone.slice(slash + 1)];
  const line = ZONE_COUNTRIES.split('\n').find((start) => start.startsWith(`${area} `));
  const entry = line
    ?.split(' ')
    .slice(1)
    .find((country) => country.slice(3).split(',').includes(place));
  return entry?.slice(0, 2) ?? null;
}

export function detectCountry(): string | null {
  return countryOfZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

export interface Country {
  /** As last known; asks the computer only where nothing is known. */
  current(): string | null;
  /** Asks the computer, for this run and the next one. */
  refresh(): void;
}

const STATE_KEY = 'country';

/**
 * The first use of `Intl` in a process costs about 10 ms, too much for the app's start. So the answer of the last run
 * stands until there is time to ask again; whoever travels is a moment late.
 */
export function rememberCountry(queue: Pick<RecordQueue, 'getState' | 'setState'>): Country {
  let known = queue.getState<{ country: string | null }>(STATE_KEY);
  const refresh = (): string | null => {
    const country = detectCountry();
    if (known?.country !== country) queue.setState(STATE_KEY, { country });
    known = { country };
    return country;
  };
  return { current: () => (known ? known.country : refresh()), refresh: () => void refresh() };
}

/** The app said where it is, or that it does not tell. */
export function fixedCountry(country: string | null): Country {
  return { current: () => country, refresh: () => {} };
}
