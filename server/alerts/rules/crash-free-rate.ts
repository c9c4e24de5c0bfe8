/** A new version crashes for more of its users than the one before. */
import { readReleases, type Release } from '../../store/admin-releases.ts';
import { addDays } from '../../store/stats/query.ts';
import { compareVersions } from '../../store/version-order.ts';
import { type Finding, NOTHING, type Rule, percent } from '../rule.ts';

/** What the two versions are compared over. */
const DAYS = 7;

export const crashFreeRate: Rule = {
  name: 'crash_free_rate',
  async look({ pool, config, now, isOpen }) {
    const to = now.toISOString().slice(0, 10);
    const range = { from: addDays(to, 1 - DAYS), to, filters: { environment: ['production'] } };
    const { releases } = await readReleases(pool, range);
    const [newest, before] = releases
      .filter(({ users }) => users >= config.alertMinCount)
      .sort((a, b) => compareVersions(b.app_version, a.app_version));
    if (!newest || !before) return NOTHING;
    return compare(newest, before, config.alertCrashFreeDrop, isOpen(newest.app_version));
  },
};

function compare(newest: Release, before: Release, allowedDrop: number, open: boolean): Finding {
  const subject = newest.app_version;
  const [now, then] = [newest.crash_free_users_rate ?? 1, before.crash_free_users_rate ?? 1];
  const figures =
    `In the last ${DAYS} days ${percent(now)} of ${newest.users} users of ${subject} had no crash, ` +
    `beside ${percent(then)} of ${before.users} users of ${before.app_version}`;
  if (then - now > allowedDrop) {
    const incident = {
      subject,
      title: `Version ${subject} crashes more than ${before.app_version}`,
      detail: `${figures}.`,
      page: `?page=crashes&range=7d&app_version=${encodeURIComponent(subject)}`,
    };
    return { wrong: [incident], mended: [] };
  }
  return open ? { wrong: [], mended: [{ subject, recovery: `${figures}.` }] } : NOTHING;
}
