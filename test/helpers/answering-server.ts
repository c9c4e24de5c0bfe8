/** A real HTTP server that answers as a test says, and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';

import type { CrashBody, TrackBody, Verdict } from '../../lib/record/batch.ts';

export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  /** Unpacked. */
  text: string;
  /** Bytes as sent. */
  bytes: number;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** A string goes out as it is, all else as JSON. */
  body?: unknown;
}

/** Returns what to answer, or undefined where it answers by `response` itself (or hangs). */
export type Answering = (asked: Asked, response: ServerResponse) => Reply | undefined;

export interface AnsweringServer {
  url: string;
  asked: Asked[];
  /** Replaces the way of answering. */
  answer(answering: Answering): void;
  close(): Promise<void>;
}

export async function startAnsweringServer(answering: Answering = acceptAll): Promise<AnsweringServer> {
  let answer = answering;
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const one: Asked = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        text: unpack(body, request.headers['content-encoding']),
        bytes: body.length,
      };
      asked.push(one);
      const reply = answer(one, response);
      if (!reply) return;
      response.writeHead(reply.status ?? 200, reply.headers);
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(next) {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Accepts every record, as the server does. */
export function acceptAll(asked: Asked): Reply {
  return { body: verdict(recordsOf(asked).length) };
}

export function verdict(accepted: number, changes: Partial<Verdict> = {}): Verdict {
  return { accepted, duplicates: 0, stripped: 0, rejected: [], ...changes };
}

export function recordsOf(asked: Asked): { event_id: string; event?: string; error_message?: string }[] {
  const body = JSON.parse(asked.text || '{}') as Partial<TrackBody & CrashBody>;
  return body.events ?? body.crashes ?? [];
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function unpack(body: Buffer, encoding: string | undefined): string {
  switch (encoding) {
    case 'zstd':
      return zstdDecompressSync(body).toString();
    case 'gzip':
      return gunzipSync(body).toString();
    case 'br':
      return brotliDecompressSync(body).toString();
    default:
      return body.toString();
  }
}
