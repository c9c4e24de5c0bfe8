/** The outbox: what is to be sent, and what became of it. */
import type pg from 'pg';

import { inTransaction } from './pool.ts';

export const CHANNELS = ['email', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface MailContent {
  /** Whose addresses it goes to. */
  to: 'alert' | 'report';
  subject: string;
  text: string;
  html: string;
}
/** The JSON that a webhook gets. */
export type WebhookContent = Record<string, unknown>;

export type OutgoingMessage =
  { channel: 'email'; content: MailContent } | { channel: 'webhook'; content: WebhookContent };

/** As JSON: moments are texts. */
export interface MessageState {
  channel: Channel;
  reason: string;
  created_at: string;
  attempts: number;
  /** Null: sent, or given up. */
  next_attempt_at: string | null;
  sent_at: string | null;
  failure: string | null;
}

/** In the transaction that found the reason. Tells nobody twice: a reason that was told on a channel is left out. */
export async function enqueueMessage(
  client: pg.ClientBase,
  message: OutgoingMessage & { reason: string; alertId?: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into messages (channel, reason, alert_id, content) values ($1, $2, $3, $4)
     on conflict (channel, reason) do nothing`,
    [message.channel, message.reason, message.alertId ?? null, JSON.stringify(message.content)],
  );
  return rowCount === 1;
}

/** Whether a reason was told on a channel, or waits to be. */
export async function isTold(
  pool: pg.Pool,
  { channel, reason }: { channel: Channel; reason: string },
): Promise<boolean> {
  const { rowCount } = await pool.query('select from messages where channel = $1 and reason = $2', [
    channel,
    reason,
  ]);
  return rowCount === 1;
}

export type DueMessage = OutgoingMessage & {
  message_id: number;
  reason: string;
  /** This one included. */
  attempts: number;
};

/** About a day with the pauses below. */
export const MAX_ATTEMPTS = 28;

/** Any number will do, as long as every server takes the same. */
const OUTBOX_LOCK = 7_605_006;

/**
 * Takes messages that are due. When the next attempt may begin is written down before this one: a server that dies
 * meanwhile delays a message, and no other server sends it at the same time. Pauses double from a minute to an hour.
 */
export function claimDueMessages(pool: pg.Pool, limit: number): Promise<DueMessage[]> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [OUTBOX_LOCK]);
    const { rows } = await client.query<DueMessage & { next_attempt_at: string }>(
      `select message_id::int, channel, reason, content, attempts + 1 as attempts,
         (now() + least(interval '1 minute' * 2 ^ least(attempts, 10), interval '1 hour'))::text as next_attempt_at
       from messages
       where next_attempt_at <= now()
       order by messages.next_attempt_at
       limit $1`,
      [limit],
    );
    if (rows.length > 0) {
      await client.query(
        `update messages set attempts = due.attempts, next_attempt_at = due.next_attempt_at
         from unnest($1::bigint[], $2::int[], $3::timestamptz[]) as due (message_id, attempts, next_attempt_at)
         where messages.message_id = due.message_id`,
        [
          rows.map((row) => row.message_id),
          rows.map((row) => row.attempts),
          rows.map((row) => row.next_attempt_at),
        ],
      );
    }
    return rows;
  });
}

/** Writes down that it was sent, or why not; after a `final` failure it is not tried again. */
export async function settleMessage(
  pool: pg.Pool,
  { messageId, failure, final }: { messageId: number; failure: string | null; final: boolean },
): Promise<void> {
  if (failure === null) {
    await pool.query(
      'update messages set failure = null, sent_at = now(), next_attempt_at = null where message_id = $1',
      [messageId],
    );
    return;
  }
  await pool.query(
    `update messages set failure = $2, next_attempt_at = case when not $3 then next_attempt_at end
     where message_id = $1`,
    [messageId, failure, final],
  );
}

/** Of each channel the last message that was tried, by its name. */
export async function readLastTried(pool: pg.Pool): Promise<MessageState[]> {
  const { rows } = await pool.query<MessageState>(
    `select distinct on (channel) channel, reason, created_at, attempts, next_attempt_at, sent_at, failure
     from messages
     where sent_at is not null or failure is not null
     order by channel, coalesce(sent_at, created_at) desc, message_id desc`,
  );
  return rows;
}
