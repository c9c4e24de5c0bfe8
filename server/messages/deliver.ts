/** Sends what waits in the outbox. Any number of servers may: each message is taken by one at a time. */
import type { FastifyInstance } from 'fastify';

import { redactText } from '../../lib/record/redact.ts';
import { type DueMessage, MAX_ATTEMPTS, claimDueMessages, settleMessage } from '../store/messages.ts';
import { sendMessage } from './channels.ts';

export type Deliverer = Pick<FastifyInstance, 'pool' | 'config' | 'log'>;

/** Sent at the same time: none waits for another one's slow receiver. */
const AT_ONCE = 10;
/** As shown on the dashboard. */
const MAX_FAILURE_LENGTH = 200;

/** Tries each message that is due once; what fails is tried again later. */
export async function deliverDue(app: Deliverer, stopped: () => boolean = () => false): Promise<void> {
  while (!stopped()) {
    const due = await claimDueMessages(app.pool, AT_ONCE);
    if (due.length === 0) return;
    await Promise.all(due.map((message) => deliver(app, message)));
  }
}

async function deliver(app: Deliverer, message: DueMessage): Promise<void> {
  const { message_id: messageId, channel, reason, attempts } = message;
  const about = { channel, reason, attempts };
  try {
    await sendMessage(app.config, { ...message, id: messageId });
  } catch (error) {
    const failure = describeFailure(error);
    const final = attempts >= MAX_ATTEMPTS;
    await settleMessage(app.pool, { messageId, failure, final });
    const outcome = final ? 'given up' : 'will be tried again';
    app.log.warn({ ...about, failure }, `a message could not be sent, and ${outcome}`);
    return;
  }
  await settleMessage(app.pool, { messageId, failure: null, final: true });
  app.log.info(about, 'a message was sent');
}

/** What mail servers answer may quote addresses. */
export function describeFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return redactText(text.replaceAll(/\s+/g, ' ').slice(0, 2 * MAX_FAILURE_LENGTH)).slice(
    0,
    MAX_FAILURE_LENGTH,
  );
}
