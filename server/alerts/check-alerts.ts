/**
 * From what rules find to incidents. One server at a time looks, in one transaction a rule, which also writes the
 * messages: an incident is opened once, told once, closed once, whatever happens to a server meanwhile.
 */
import type pg from 'pg';

import type { Deliverer } from '../messages/deliver.ts';
import { type Alert, lockAlerts, openAlert, readOpenAlerts, resolveAlert } from '../store/alerts.ts';
import { enqueueMessage } from '../store/messages.ts';
import { inTransaction } from '../store/pool.ts';
import { type AlertMoment, alertMessages } from './alert-messages.ts';
import type { Rule } from './rule.ts';

/** A rule that fails is logged and holds up no other. */
export async function checkAlerts(app: Deliverer, rules: readonly Rule[], now = new Date()): Promise<void> {
  for (const rule of rules) {
    try {
      const changes = await inTransaction(app.pool, (client) => checkRule(app, client, rule, now));
      for (const change of changes) tell(app, change);
    } catch (error) {
      app.log.error({ err: error, rule: rule.name }, 'an alert rule failed, it will be tried again');
    }
  }
}

interface Change {
  moment: AlertMoment;
  alert: Alert;
  page: string | undefined;
}

async function checkRule(app: Deliverer, client: pg.PoolClient, rule: Rule, now: Date): Promise<Change[]> {
  if (!(await lockAlerts(client))) return [];
  const open = new Map((await readOpenAlerts(client, rule.name)).map((alert) => [alert.subject, alert]));
  const { pool, config } = app;
  const finding = await rule.look({ client, pool, config, now, isOpen: (subject) => open.has(subject) });
  const changes: Change[] = [];
  for (const { page, ...incident } of finding.wrong) {
    const alert = await openAlert(client, { ...incident, rule: rule.name, once: rule.once === true, now });
    if (alert) changes.push({ moment: 'opened', alert, page });
  }
  for (const { subject, recovery } of finding.mended) {
    const alert = open.get(subject);
    if (!alert) continue;
    const resolved = await resolveAlert(client, { alertId: alert.alert_id, recovery, now });
    changes.push({ moment: 'resolved', alert: resolved, page: undefined });
  }
  for (const { moment, alert, page } of changes) {
    const about = { reason: `alert:${alert.alert_id}:${moment}`, alertId: alert.alert_id };
    for (const message of alertMessages(config, moment, alert, page)) {
      await enqueueMessage(client, { ...message, ...about });
    }
  }
  return changes;
}

function tell({ log }: Deliverer, { moment, alert }: Change): void {
  const { alert_id: alertId, rule, subject, title, detail, recovery } = alert;
  if (moment === 'opened') log.warn({ alert: alertId, rule, subject, detail }, `alert: ${title}`);
  else log.info({ alert: alertId, rule, subject, recovery }, `alert mended: ${title}`);
}
