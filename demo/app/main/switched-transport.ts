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
  return {
    setOffline(value) {
      offline = value;
    },
    async send(batch, signal) {
      const records = batch.kind === 'events' ? batch.body.events.length : batch.body.crashes.length;
      const what = `${records} ${batch.kind}`;
      const result: SendResult = offline
        ? { status: 'retry', reason: 'the offline switch is on' }
        : await http.send(batch, signal);
      if (result.status === 'settled') log(`sent ${what}, ${result.rejected.length} rejected`, 'good');
      else log(`${what} wait: ${result.reason}`, 'bad');
      return result;
    },
    close: async () => http.close?.(),
  };
}
