/** Keeps batches in memory: for tests. */
import type { Batch, TelemetryRecord } from '../record/batch.ts';
import type { SendResult, Transport } from './transport.ts';

export interface MemoryTransport extends Transport {
  /** Every batch that was settled, in order. */
  readonly batches: Batch[];
  /** Their records, in order. */
  records(): TelemetryRecord[];
}

export interface MemoryTransportOptions {
  /** What becomes of a batch. Default: settled, nothing rejected. */
  answer?: (batch: Batch) => SendResult | Promise<SendResult>;
}

export function memoryTransport(options: MemoryTransportOptions = {}): MemoryTransport {
  const { answer = () => ({ status: 'settled', rejected: [] }) } = options;
  const batches: Batch[] = [];
  return {
    batches,
    records: () =>
      batches.flatMap((batch): TelemetryRecord[] =>
        batch.kind === 'events' ? batch.body.events : batch.body.crashes,
      ),
    async send(batch) {
      const result = await answer(batch);
      if (result.status === 'settled') batches.push(batch);
      return result;
    },
    async purge(kind) {
      const others = batches.filter((batch) => batch.kind !== kind);
      batches.splice(0, batches.length, ...others);
    },
  };
}
