/** Alerts as JSON to an address of the operator's, signed where a secret is set. */
import { createHmac } from 'node:crypto';

import type { ServerConfig } from '../config.ts';
import type { WebhookContent } from '../store/messages.ts';

const TIMEOUT_MS = 10_000;

export async function sendWebhook(config: ServerConfig, id: number, content: WebhookContent): Promise<void> {
  const { alertWebhookUrl, alertWebhookSecret: secret } = config;
  if (alertWebhookUrl === null) throw new Error('ALERT_WEBHOOK_URL is not set');
  // In the body, so that the receiver may tell a repeated delivery whatever its headers become on the way.
  const body = JSON.stringify({ id, ...content });
  const answer = await post(alertWebhookUrl, body, {
    'content-type': 'application/json',
    'user-agent': 'Roost',
    ...(secret !== null && { 'roost-signature': sign(body, secret, Math.floor(Date.now() / 1000)) }),
  });
  if (answer < 200 || answer > 299) throw new Error(`the webhook answered ${answer}`);
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA-256 over the seconds since the epoch, a dot, and the body. */
export function sign(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      // Elsewhere nobody asked for it.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    // The address itself is a secret with many receivers, and undici's messages may quote it.
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new Error(`the webhook did not answer within ${TIMEOUT_MS / 1000} s`, { cause: error });
    }
    const code = (error as { cause?: { code?: unknown } }).cause?.code;
    throw new Error(`the webhook could not be reached${typeof code === 'string' ? ` (${code})` : ''}`, {
      cause: error,
    });
  }
}
