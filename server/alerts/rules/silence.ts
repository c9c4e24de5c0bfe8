/** Nothing arrives for longer than usual. */
import { noteArrivals, readArrivals } from '../../store/alert-figures.ts';
import { NOTHING, type Rule, minutesInWords } from '../rule.ts';

/** Whatever is usual, shorter silences are not told. */
const LEAST_MINUTES = 60;
/** How much longer than the longest usual silence. */
const MARGIN = 1.5;
/** Known arrivals below which nothing is usual yet. */
const LEARNING_DAYS = 3;

export const silence: Rule = {
  name: 'silence',
  async look({ client, config, now, isOpen }) {
    await noteArrivals(client, now);
    const { first, last, longestGapMinutes } = await readArrivals(client);
    if (!first || !last) return NOTHING;
    const learned = now.getTime() - first.getTime() >= LEARNING_DAYS * 86_400_000;
    const usual = Math.max(LEAST_MINUTES, longestGapMinutes * MARGIN);
    const limit = config.alertSilenceMinutes ?? (learned ? usual : Infinity);
    const minutes = Math.floor((now.getTime() - last.getTime()) / 60_000);
    if (minutes > limit) {
      const usually =
        config.alertSilenceMinutes === null
          ? `the longest silence of the last two weeks was ${minutesInWords(Math.round(longestGapMinutes))}`
          : `the limit is ${minutesInWords(limit)}`;
      const incident = {
        subject: '',
        title: `No records for ${minutesInWords(minutes)}`,
        detail: `The last record arrived at ${last.toISOString().slice(0, 16)}Z; ${usually}.`,
        page: '?page=delivery',
      };
      return { wrong: [incident], mended: [] };
    }
    if (!isOpen('')) return NOTHING;
    return {
      wrong: [],
      mended: [{ subject: '', recovery: `Records arrive again, since ${last.toISOString().slice(0, 16)}Z.` }],
    };
  },
};
