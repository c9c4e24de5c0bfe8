/** The server of one cell: misbehaves in one way until it is told to be good, and counts what it has got. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

import type { Arrival, Peer } from './peers.ts';

export const FAULTS = [
  'none',
  'connection refused',
  'never answers',
  '503',
  '500',
  '429, Retry-After: 10',
  '413',
  '200 with a page of HTML',
  'cut after the body',
] as const;
export type Fault = (typeof FAULTS)[number];

const UNPACK: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  deflate: inflateSync,
  zstd: zstdDecompressSync,
};

export class Receiver {
  readonly #peer: Peer;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error: unknown) => {
      this.problems.push(String(error));
      response.destroy();
    });
  });
  #fault: Fault;
  #port = 0;

  /** Every record that the server has got, repetitions included. One whose connection was cut has been got. */
  readonly arrivals: Arrival[] = [];
  /** Requests that could not be read: the comparison would be worth nothing. */
  readonly problems: string[] = [];
  lastArrival = 0;

  constructor(peer: Peer, fault: Fault) {
    this.#peer = peer;
    this.#fault = fault;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    await this.#listen();
    // A port that nobody listens on: the system refuses the connection.
    if (this.#fault === 'connection refused') await this.close();
  }

  /** From now on the server is a good one, at the same address. */
  async recover(): Promise<void> {
    if (this.#fault === 'connection refused') await this.#listen();
    this.#fault = 'none';
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await readAll(request);
    } catch {
      return; // killed while it sent
    }
    switch (this.#fault) {
      case 'never answers':
      case 'connection refused':
        return;
      case '503':
      case '500':
      case '413':
        response.writeHead(Number(this.#fault)).end();
        return;
      case '429, Retry-After: 10':
        response.writeHead(429, { 'retry-after': '10' }).end();
        return;
      case '200 with a page of HTML':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to the hotel</h1>');
        return;
      case 'none':
      case 'cut after the body':
    }
    const encoding = request.headers['content-encoding'];
    const text = (encoding === undefined ? body : UNPACK[encoding]!(body)).toString();
    const arrived = this.#peer.read(text, request.url ?? '');
    if (arrived.some(({ number }) => !Number.isInteger(number))) throw new Error(`not understood: ${text}`);
    this.arrivals.push(...arrived);
    if (arrived.length > 0) this.lastArrival = performance.now();
    if (this.#fault === 'cut after the body') response.destroy();
    else {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(this.#peer.answer(arrived.length)));
    }
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
