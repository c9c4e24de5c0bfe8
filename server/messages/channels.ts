/** The ways that messages go, as the settings make them. */
import type { ServerConfig } from '../config.ts';
import type { Channel, OutgoingMessage } from '../store/messages.ts';
import { addressProblems, canMail, sendMail } from './email.ts';
import { sendWebhook } from './webhook.ts';

export interface ChannelState {
  channel: Channel;
  /** Alerts go this way. */
  on: boolean;
  /** What is wrong with its settings, in sentences. */
  problems: string[];
}

export function channelStates(config: ServerConfig): ChannelState[] {
  return [
    { channel: 'email', on: canMail(config, 'alert'), problems: addressProblems(config) },
    { channel: 'webhook', on: config.alertWebhookUrl !== null, problems: [] },
  ];
}

/** Throws where it was not taken; the message is for people, and holds no secret. */
export function sendMessage(config: ServerConfig, message: OutgoingMessage & { id: number }): Promise<void> {
  return message.channel === 'email'
    ? sendMail(config, message.content)
    : sendWebhook(config, message.id, message.content);
}

/** Where links in messages lead. */
export function dashboardUrl({ publicUrl, host, port }: ServerConfig, page = ''): string {
  return `${publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`}/dashboard${page}`;
}
