/** Who carries the batches, and whom to ask for a user's data. */
import { httpTransport } from './http-transport.ts';
import type { Transport } from './transport.ts';

export interface Carriers {
  readonly transport: Transport;
  /** False where the app named no endpoint and no transport: records are kept, and not sent. */
  readonly present: boolean;
  /** Null where nobody can be asked. */
  readonly server: Pick<Transport, 'exportUser' | 'eraseUser'> | null;
}

export interface CarrierOptions {
  endpoint: string | undefined;
  ingestKey: string | undefined;
  requestTimeoutMs: number;
  transport: Transport | undefined;
  fetch: (() => Promise<typeof globalThis.fetch>) | undefined;
}

const ABSENT: Transport = {
  send: () => Promise.resolve({ status: 'retry', reason: 'no endpoint is set' }),
};

/** The app's own transport goes first; the endpoint answers for a user's data where that transport does not. */
export function chooseTransport({ transport, endpoint, ...options }: CarrierOptions): Carriers {
  const http = endpoint === undefined ? null : httpTransport({ endpoint, ...options });
  return {
    transport: transport ?? http ?? ABSENT,
    present: (transport ?? http) !== null,
    server: transport?.eraseUser ? transport : http,
  };
}
