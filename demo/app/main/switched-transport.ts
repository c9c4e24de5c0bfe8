/** Roost's own transport behind a switch, and with a line in the log for each batch: how an app wraps a transport. */
import { httpTransport, type SendResult, type Transport } from '@roost-telemetry/electron/transport';

import type { LogLine } from '../bridge.ts';

export interface SwitchedTransport extends Transport {
  setOffline(offline: boolean): void;
}

export function createSwitchedTransport(
  options: Parameters<typeof httpTransport>[0],
  log: (text: string, tone?: LogLine['tone']) => void,
): SwitchedTransport {
  const http = httpTransport(options);
  let offline = false;

  /** A transport that throws counts as one to try again: the log wants to know all the same. */
  const send: Transport['send'] = async (batch, signal) => {
    if (offline) return { status: 'retry', reason: 'the offline switch is on' };
    return http
      .send(batch, signal)
      .catch((error: unknown): SendResult => ({ status: 'retry', reason: `no answer (${String(error)})` }));
  };

  return {
    ...http,
    setOffline(value) {
      offline = value;
    },
    async send(batch, signal) {
      const what =
        batch.kind === 'events'
          ? `${batch.body.events.length} usage event(s)`
          : `${batch.body.crashes.length} crash report(s)`;
      const result = await send(batch, signal);
      if (result.status === 'settled') {
        log(`${what} sent, ${result.rejected.length} rejected`, 'good');
      } else log(`${what} waiting: ${result.reason}`, 'bad');
      return result;
    },
  };
}
