/** Incidents: opened once, closed once, kept as a history. */
import type pg from 'pg';

import type { MessageState } from './messages.ts';
import { inTransaction } from './pool.ts';

export interface Alert {
  alert_id: number;
  rule: string;
  subject: string;
  title: string;
  detail: string;
  /** Null while it is open, and for what only happened. */
  recovery: string | null;
  opened_at: Date;
  resolved_at: Date | null;
}

const COLUMNS = 'alert_id::int, rule, subject, title, detail, recovery, opened_at, resolved_at';
/** Any number will do, as long as every server takes the same. */
const ALERT_LOCK = 7_605_005;

/** True for one server at a time, until the transaction ends. */
export async function lockAlerts(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [
    ALERT_LOCK,
  ]);
  return rows[0]!.mine;
}

export async function readOpenAlerts(client: pg.ClientBase, rule: string): Promise<Alert[]> {
  const { rows } = await client.query<Alert>(
    `select ${COLUMNS} from alerts where rule = $1 and resolved_at is null order by alert_id`,
    [rule],
  );
  return rows;
}

export interface NewAlert extends Pick<Alert, 'rule' | 'subject' | 'title' | 'detail'> {
  /** There is nothing to wait for: it is closed as soon as it is opened. */
  once: boolean;
  now: Date;
}

/** Null where it is open already. */
export async function openAlert(client: pg.ClientBase, alert: NewAlert): Promise<Alert | null> {
  const { rule, subject, title, detail, once, now } = alert;
  const { rows } = await client.query<Alert>(
    `insert into alerts (rule, subject, title, detail, opened_at, resolved_at)
     values ($1, $2, $3, $4, $5::timestamptz, case when $6 then $5::timestamptz end)
     on conflict (rule, subject) where resolved_at is null do nothing
     returning ${COLUMNS}`,
    [rule, subject, title, detail, now, once],
  );
  return rows[0] ?? null;
}

export async function resolveAlert(
  client: pg.ClientBase,
  { alertId, recovery, now }: { alertId: number; recovery: string; now: Date },
): Promise<Alert> {
  const { rows } = await client.query<Alert>(
    `update alerts set resolved_at = $3, recovery = $2 where alert_id = $1 returning ${COLUMNS}`,
    [alertId, recovery, now],
  );
  return rows[0]!;
}

export interface AlertHistory extends Alert {
  /** What became of telling it. */
  messages: MessageState[];
}

/** The latest first, open ones before all. */
export async function readAlertHistory(pool: pg.Pool, limit: number): Promise<AlertHistory[]> {
  const { rows } = await pool.query<AlertHistory>(
    `select ${COLUMNS},
       coalesce((
         select json_agg(
           json_build_object(
             'channel', channel, 'reason', reason, 'created_at', created_at, 'attempts', attempts,
             'next_attempt_at', next_attempt_at, 'sent_at', sent_at, 'failure', failure
           ) order by message_id
         )
         from messages where messages.alert_id = alerts.alert_id
       ), '[]') as messages
     from alerts
     order by resolved_at is null desc, alerts.opened_at desc, alerts.alert_id desc
     limit $1`,
    [limit],
  );
  return rows;
}

/** Closed alerts, with what was sent of them, and other messages that nobody waits for. */
export function forgetOldAlerts(pool: pg.Pool, before: Date): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query(
      'delete from messages where alert_id in (select alert_id from alerts where resolved_at < $1)',
      [before],
    );
    await client.query('delete from alerts where resolved_at < $1', [before]);
    await client.query('delete from messages where created_at < $1 and next_attempt_at is null', [before]);
  });
}
