/** A crash that was never seen before. */
import { type NewCrashGroup, takeNewCrashGroups } from '../../store/alert-figures.ts';
import { NOTHING, type Incident, type Rule } from '../rule.ts';

/** More at once, as when a first app starts sending, are told in one message. */
const TOLD_ALONE = 5;

export const newCrashGroup: Rule = {
  name: 'new_crash_group',
  once: true,
  async look({ client, now }) {
    const groups = await takeNewCrashGroups(client, now);
    if (groups.length === 0) return NOTHING;
    return { wrong: groups.length <= TOLD_ALONE ? groups.map(alone) : [together(groups)], mended: [] };
  },
};

function alone({ fingerprint, title, crash_type, app_version }: NewCrashGroup): Incident {
  return {
    subject: fingerprint,
    title: `New crash: ${title}`,
    detail: `First seen in version ${app_version}, as ${crash_type.replaceAll('_', ' ')}.`,
    page: `?page=crashes&item=${encodeURIComponent(fingerprint)}`,
  };
}

function together(groups: readonly NewCrashGroup[]): Incident {
  const titles = groups.slice(0, TOLD_ALONE).map(({ title }) => `“${title}”`);
  return {
    subject: groups[0]!.fingerprint,
    title: `${groups.length} new crash groups`,
    detail: `Among them ${titles.join(', ')}.`,
    page: '?page=crashes&range=1d',
  };
}
