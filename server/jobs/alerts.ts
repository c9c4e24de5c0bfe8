/** When rules look, and when messages leave. */
import type { FastifyInstance } from 'fastify';

import { checkAlerts } from '../alerts/check-alerts.ts';
import { crashFreeRate } from '../alerts/rules/crash-free-rate.ts';
import { databaseExpiry } from '../alerts/rules/database-expiry.ts';
import { databaseSize } from '../alerts/rules/database-size.ts';
import { errorRate } from '../alerts/rules/error-rate.ts';
import { newCrashGroup } from '../alerts/rules/new-crash-group.ts';
import { silence } from '../alerts/rules/silence.ts';
import { deliverDue } from '../messages/deliver.ts';
import { forgetOldAlerts } from '../store/alerts.ts';

/** These read little. */
const EVERY_MINUTE = [errorRate, newCrashGroup, silence, databaseSize, databaseExpiry];
/** A week of figures. */
const EVERY_TEN_MINUTES = [crashFreeRate];
const DAY_MS = 86_400_000;

export function checkMinutely(app: FastifyInstance): Promise<void> {
  return checkAlerts(app, EVERY_MINUTE);
}

export function checkReleases(app: FastifyInstance): Promise<void> {
  return checkAlerts(app, EVERY_TEN_MINUTES);
}

export function deliverMessages(app: FastifyInstance, stopped: () => boolean): Promise<void> {
  return deliverDue(app, stopped);
}

/** The history is kept as long as the records are. */
export function forgetAlerts({ pool, config }: FastifyInstance): Promise<void> {
  return forgetOldAlerts(pool, new Date(Date.now() - config.retentionDays * DAY_MS));
}
