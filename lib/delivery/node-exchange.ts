/**
 * HTTP by undici, loaded at the first send: keep-alive, and a time-out that counts from the last byte in either
 * direction. Its sockets do not keep the process alive, so that a hanging server holds back no exit.
 */
import { Socket } from 'node:net';
import { Readable } from 'node:stream';

import { AnswerTooLong, type HttpAnswer, type HttpExchange, type HttpRequest } from './http-exchange.ts';

/** Both kinds of record may be on their way at once, and an export beside them. */
const MAX_SOCKETS = 4;
/** undici's time-out starts anew with each piece of a body: small ones tell a slow line from a dead one. */
const PIECE_BYTES = 16 * 1024;

export function createNodeExchange(timeoutMs: number): HttpExchange {
  let client: ReturnType<typeof createClient> | undefined;
  let closed = false;
  return {
    async exchange(request) {
      client ??= createClient(timeoutMs);
      const { send, agent } = await client;
      if (closed) throw new Error('closed');
      try {
        return await exchange(request, send, agent);
      } catch (error) {
        if (!isTimeout(error)) throw error;
        throw new Error(`no progress for ${timeoutMs} ms`, { cause: error });
      }
    },
    close() {
      closed = true;
      client?.then(({ agent }) => agent.destroy()).catch(() => {}); // what is under way was given up before
    },
  };
}

type Undici = typeof import('undici');

async function createClient(timeoutMs: number) {
  const { Agent, buildConnector, request } = await import('undici');
  const dial: (...call: Parameters<ReturnType<Undici['buildConnector']>>) => unknown = buildConnector({
    timeout: timeoutMs,
    allowH2: false,
  });
  const agent = new Agent({
    connections: MAX_SOCKETS,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect(options, callback) {
      const socket = dial(options, callback);
      if (socket instanceof Socket) letProcessEnd(socket);
    },
  });
  return { send: request, agent };
}

/** undici's codes for no connection, no answer, no more of an answer in time. */
function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(`${error.code}`)
  );
}

/** undici takes hold of the process for as long as a request is under way; nobody should wait for ours to quit. */
function letProcessEnd(socket: Socket): void {
  socket.unref();
  socket.ref = () => socket;
  // Each address that is tried for a new connection has a handle of its own.
  socket.on('connectionAttempt', () => socket.unref());
}

async function exchange(
  { method, url, headers, body, signal, maxAnswerBytes }: HttpRequest,
  send: Undici['request'],
  dispatcher: InstanceType<Undici['Agent']>,
): Promise<HttpAnswer> {
  const answer = await send(url, {
    method,
    headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
    body: body ? Readable.from(pieces(body)) : null,
    signal,
    dispatcher,
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxAnswerBytes) throw new AnswerTooLong(); // leaving the loop ends the connection
    chunks.push(chunk);
  }
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.statusCode,
    retryAfter: (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter) ?? null,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

async function* pieces(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += PIECE_BYTES) {
    yield body.subarray(start, start + PIECE_BYTES);
  }
}
