/** The database nears the size that the operator named. */
import { databaseBytes } from '../../store/database-size.ts';
import { NOTHING, type Rule, percent } from '../rule.ts';

const WARN_SHARE = 0.8;
/** Lower, so that a size that wavers around the limit is told once. */
const MENDED_SHARE = 0.75;
const MIB = 2 ** 20;

export const databaseSize: Rule = {
  name: 'database_size',
  async look({ client, config, isOpen }) {
    const limit = config.databaseSizeLimitMb;
    if (limit === null) return NOTHING;
    const share = (await databaseBytes(client)) / (limit * MIB);
    const figures = `The database takes ${percent(share)} of its ${limit} MiB`;
    if (share >= WARN_SHARE) {
      const incident = {
        subject: '',
        title: `The database is ${percent(share)} full`,
        detail: `${figures}. Lower RETENTION_DAYS, or enlarge it and DATABASE_SIZE_LIMIT_MB.`,
        page: '?page=settings#storage',
      };
      return { wrong: [incident], mended: [] };
    }
    if (!isOpen('') || share >= MENDED_SHARE) return NOTHING;
    return { wrong: [], mended: [{ subject: '', recovery: `${figures}.` }] };
  },
};
