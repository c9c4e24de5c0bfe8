/** The weekly report: written once a week, whichever server looks, and also where none ran at that minute. */
import type { ServerConfig } from '../config.ts';
import { canMail } from '../messages/email.ts';
import type { Deliverer } from '../messages/deliver.ts';
import { renderReport } from '../report/render-report.ts';
import { readWeeklyReport } from '../report/weekly-report.ts';
import { enqueueMessage, isTold } from '../store/messages.ts';
import { inTransaction } from '../store/pool.ts';
import { type Day, addDays, mondayOf } from '../store/stats/query.ts';
import { aggregate } from './aggregate.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Later than this a report that was missed is left out: it would surprise more than help. */
const LATE_MS = DAY_MS;

/** Puts the report of the last whole week into the outbox where it is due. Returns whether it did. */
export async function enqueueDueReport(app: Deliverer, now = new Date()): Promise<boolean> {
  const { pool, config } = app;
  if (!canMail(config, 'report')) return false;
  const due = lastDue(config, now);
  if (now.getTime() - due.getTime() > LATE_MS) return false;
  const week = lastWholeWeek(due);
  const told = { channel: 'email', reason: `report:${week}` } as const;
  if (await isTold(pool, told)) return false;
  await aggregate(pool, { retentionDays: config.retentionDays });
  const content = renderReport(config, await readWeeklyReport(pool, week));
  return inTransaction(pool, (client) => enqueueMessage(client, { ...told, content }));
}

/** The latest moment, up to now, at which a report is sent. */
export function lastDue(
  { reportWeekday, reportTime }: Pick<ServerConfig, 'reportWeekday' | 'reportTime'>,
  now: Date,
): Date {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const daysSince = (now.getUTCDay() - reportWeekday + 7) % 7;
  const due = today - daysSince * DAY_MS + (reportTime.hour * 60 + reportTime.minute) * 60_000;
  return new Date(due > now.getTime() ? due - WEEK_MS : due);
}

/** The Monday of the last ISO week that had ended by then. */
export function lastWholeWeek(moment: Date): Day {
  return addDays(mondayOf(moment.toISOString().slice(0, 10)), -7);
}
