/** Who carries the batches, and whom to ask for a user's data. */
import { checkEndpoint, checkKey } from './endpoint.ts';
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

/**
 * The app's own transport goes first; the endpoint answers for a user's data where that transport does not.
 * Throws `RoostError` `invalid_option`.
 */
export function chooseTransport({ transport, ...options }: CarrierOptions): Carriers {
  const http = httpWhenNeeded(options);
  return {
    transport: transport ?? http ?? ABSENT,
    present: (transport ?? http) !== null,
    server: transport?.eraseUser ? transport : http,
  };
}

/** The HTTP transport, loaded at the first request: an app's start pays nothing for it. */
function httpWhenNeeded({
  endpoint,
  ...options
}: Omit<CarrierOptions, 'transport'>): Required<Transport> | null {
  if (endpoint === undefined) return null;
  checkEndpoint(endpoint);
  checkKey(options.ingestKey);
  let loading: Promise<Required<Transport>> | undefined;
  const load = (): Promise<Required<Transport>> =>
    (loading ??= import('./http-transport.ts').then(({ httpTransport }) =>
      httpTransport({ endpoint, ...options }),
    ));
  return {
    send: async (batch, signal) => (await load()).send(batch, signal),
    exportUser: async (userId, signal) => (await load()).exportUser(userId, signal),
    eraseUser: async (userId, signal) => (await load()).eraseUser(userId, signal),
    purge: () => Promise.resolve(),
    close: async () => (await loading)?.close(),
  };
}
