/** The test button: a message on every channel, at once, with what became of it. */
import type { Deliverer } from '../messages/deliver.ts';
import { describeFailure } from '../messages/deliver.ts';
import { channelStates, sendMessage } from '../messages/channels.ts';
import type { Channel } from '../store/messages.ts';
import { alertMessages } from './alert-messages.ts';

export interface TestResult {
  channel: Channel;
  /** `off`: it is not set up. */
  outcome: 'sent' | 'failed' | 'off';
  failure: string | null;
}

/** One attempt each: a person waits for the answer. */
export function sendTestAlert({ config, log }: Deliverer, now = new Date()): Promise<TestResult[]> {
  const messages = alertMessages(config, 'test', {
    alert_id: null,
    rule: 'test',
    subject: '',
    title: 'This is how an alert arrives',
    detail: 'Somebody pressed the test button of the dashboard. Nothing is wrong.',
    recovery: null,
    opened_at: now,
    resolved_at: now,
  });
  return Promise.all(
    channelStates(config).map(async ({ channel }): Promise<TestResult> => {
      const message = messages.find((candidate) => candidate.channel === channel);
      if (!message) return { channel, outcome: 'off', failure: null };
      try {
        await sendMessage(config, { ...message, id: 0 });
        return { channel, outcome: 'sent', failure: null };
      } catch (error) {
        const failure = describeFailure(error);
        log.warn({ channel, failure }, 'a test message could not be sent');
        return { channel, outcome: 'failed', failure };
      }
    }),
  );
}
