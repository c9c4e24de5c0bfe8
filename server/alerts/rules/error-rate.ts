/** Too many transcriptions fail. */
import { readOutcomes } from '../../store/alert-figures.ts';
import { NOTHING, type Rule, percent } from '../rule.ts';

/** Below this part of the threshold it counts as mended: a rate that wavers around the threshold is told once. */
const MENDED_SHARE = 0.8;

export const errorRate: Rule = {
  name: 'error_rate',
  async look({ client, config, now, isOpen }) {
    const { alertErrorRate: threshold, alertMinCount, alertWindowMinutes: minutes } = config;
    const { completed, failed } = await readOutcomes(client, new Date(now.getTime() - minutes * 60_000), now);
    const all = completed + failed;
    // Of few transcriptions nothing can be said: what is open stays open.
    if (all < alertMinCount) return NOTHING;
    const rate = failed / all;
    const figures = `${failed} of ${all} transcriptions of the last ${minutes} minutes failed (${percent(rate)})`;
    if (rate > threshold) {
      const incident = {
        subject: '',
        title: `${percent(rate)} of transcriptions fail`,
        detail: `${figures}; the limit is ${percent(threshold)}.`,
        page: '?range=1d#quality',
      };
      return { wrong: [incident], mended: [] };
    }
    if (!isOpen('') || rate > threshold * MENDED_SHARE) return NOTHING;
    return { wrong: [], mended: [{ subject: '', recovery: `${figures}.` }] };
  },
};
