/** The default transport: posts batches to a Roost server, and asks it for a user's data or erasure. */
import type { Batch } from '../record/batch.ts';
import { MAX_BODY_BYTES } from '../record/limits.ts';
import { compress } from './compress.ts';
import { checkEndpoint, checkKey } from './endpoint.ts';
import { readAnswer } from './http-answer.ts';
import type { HttpAnswer, HttpExchange } from './http-exchange.ts';
import type { SendResult, Transport, UserData, ErasedCounts } from './transport.ts';

export interface HttpTransportOptions {
  /** Origin (and path prefix) of the server. */
  endpoint: string;
  /** Public write key. Default: none. */
  ingestKey?: string | undefined;
  /** Milliseconds without progress after which a request is given up. Default 30,000. */
  requestTimeoutMs?: number;
  /** Another `fetch` than Node's own HTTP client, such as Electron's `net.fetch`; asked for at the first request. */
  fetch?: (() => Promise<typeof globalThis.fetch>) | undefined;
}

/** All that a user's records can come to: a guard, not a limit that is met. Bytes. */
const MAX_EXPORT_BYTES = 512 * 2 ** 20;

/** Throws `RoostError` `invalid_option`. */
export function httpTransport(options: HttpTransportOptions): Required<Transport> {
  const { requestTimeoutMs = 30_000, fetch } = options;
  const endpoint = checkEndpoint(options.endpoint).replace(/\/+$/, '');
  const key = checkKey(options.ingestKey);
  const authorization: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
  let exchange: Promise<HttpExchange> | undefined;

  /** What only sending needs is loaded at the first request. */
  async function load(): Promise<HttpExchange> {
    if (fetch) return (await import('./fetch-exchange.ts')).createFetchExchange(fetch, requestTimeoutMs);
    return (await import('./node-exchange.ts')).createNodeExchange(requestTimeoutMs);
  }

  async function ask(method: 'GET' | 'DELETE', path: string, signal: AbortSignal): Promise<HttpAnswer> {
    const { exchange: send } = await (exchange ??= load());
    const url = `${endpoint}${path}`;
    return send({ method, url, headers: authorization, signal, maxAnswerBytes: MAX_EXPORT_BYTES });
  }

  return {
    async send(batch: Batch, signal: AbortSignal): Promise<SendResult> {
      const [path, records] =
        batch.kind === 'events'
          ? ['/track', batch.body.events.length]
          : ['/crash', batch.body.crashes.length];
      const [{ exchange: send }, { body, encoding }] = await Promise.all([
        (exchange ??= load()),
        compress(JSON.stringify(batch.body)),
      ]);
      const headers = {
        ...authorization,
        'Content-Type': 'application/json',
        ...(encoding && { 'Content-Encoding': encoding }),
      };
      const answer = await send({
        method: 'POST',
        url: `${endpoint}${path}`,
        headers,
        body,
        signal,
        maxAnswerBytes: MAX_BODY_BYTES,
      });
      return readAnswer(answer, records, Date.now());
    },

    async exportUser(userId: string, signal: AbortSignal): Promise<UserData> {
      const { status, body } = await ask('GET', `/users/${userId}/data`, signal);
      if (status === 404 && isRoostError(body)) return { user_id: userId, events: [], crashes: [] };
      const data = parse(body) as Partial<UserData> | null;
      if (
        status !== 200 ||
        data?.user_id !== userId ||
        !Array.isArray(data.events) ||
        !Array.isArray(data.crashes)
      ) {
        throw new Error(`the server answered HTTP ${status}`);
      }
      return { user_id: userId, events: data.events, crashes: data.crashes };
    },

    async eraseUser(userId: string, signal: AbortSignal): Promise<ErasedCounts> {
      const { status, body } = await ask('DELETE', `/users/${userId}`, signal);
      const deleted = (parse(body) as { deleted?: Partial<ErasedCounts> } | null)?.deleted;
      if (status !== 200 || typeof deleted?.events !== 'number' || typeof deleted.crashes !== 'number') {
        throw new Error(`the server answered HTTP ${status}`);
      }
      return { events: deleted.events, crashes: deleted.crashes };
    },

    /** The server keeps what it has: that is `eraseUser`'s matter. */
    purge: () => Promise.resolve(),

    async close() {
      (await exchange)?.close();
    },
  };
}

/** `{ "error": { "code": "not_found" } }`: a page of somebody else's 404 is no answer. */
function isRoostError(body: string): boolean {
  return (parse(body) as { error?: { code?: unknown } } | null)?.error?.code === 'not_found';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
