/** The versions of the made app: a new one every three weeks, one of them bad and mended five days later. */
const DAYS_BETWEEN_RELEASES = 21;
const DAYS_UNTIL_MENDED = 5;

export interface Release {
  version: string;
  /** Day of the simulation, 0 being its first. Releases before it have negative days. */
  day: number;
  bad: boolean;
}

/** The bad release is the last one that is at least a week old, so that a chart shows both edges of it. */
export function planReleases(days: number): Release[] {
  const releases: Release[] = [];
  for (let day = -DAYS_BETWEEN_RELEASES; day < days; day += DAYS_BETWEEN_RELEASES) {
    releases.push({ version: `1.${releases.length}.0`, day, bad: false });
  }
  const bad = releases.findLast(({ day }) => day <= days - 7 && day > 0);
  if (bad) {
    bad.bad = true;
    const mended = { version: bad.version.replace(/0$/, '1'), day: bad.day + DAYS_UNTIL_MENDED, bad: false };
    releases.splice(releases.indexOf(bad) + 1, 0, mended);
  }
  return releases;
}

/** What someone runs who installs updates `lagDays` after they are out. */
export function releaseOn(releases: readonly Release[], day: number, lagDays: number): Release {
  return releases.findLast((release) => release.day + lagDays <= day) ?? releases[0]!;
}
