/** The host takes the database away on a day that the operator named, as free ones end. */
import { NOTHING, type Rule } from '../rule.ts';

const WARN_DAYS = 10;
const DAY_MS = 86_400_000;

export const databaseExpiry: Rule = {
  name: 'database_expiry',
  look({ config, now, isOpen }) {
    const { databaseExpiresOn } = config;
    const days = databaseExpiresOn === null ? Infinity : daysUntil(databaseExpiresOn, now);
    if (days > WARN_DAYS) {
      const mended = [{ subject: '', recovery: 'DATABASE_EXPIRES_ON is far away again.' }];
      return Promise.resolve(isOpen('') ? { wrong: [], mended } : NOTHING);
    }
    const when = days > 0 ? `in ${days} ${days === 1 ? 'day' : 'days'}` : 'now';
    const incident = {
      subject: '',
      title: `The database ends ${when}`,
      detail: `DATABASE_EXPIRES_ON is ${databaseExpiresOn}. Move to a new one with "roost-server backup" and "restore".`,
      page: '?page=settings#storage',
    };
    return Promise.resolve({ wrong: [incident], mended: [] });
  },
};

/** Whole days that are left, today not counted. */
function daysUntil(day: string, now: Date): number {
  return Math.ceil((Date.parse(day) - now.getTime()) / DAY_MS);
}
