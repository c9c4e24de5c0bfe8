/**
 * One client's way to the servers, as a load balancer with a bad line: each request goes to any server that takes
 * connections, and the fault that is imposed at that moment decides what happens to it on the way.
 */
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export const NETWORK_FAULTS = [
  'connection refused',
  'reset before the request',
  'reset amid the request',
  'reset before a server had it',
  'reset before the answer',
  'half an answer',
  'black hole',
  'answers 0.2 to 20 s late',
  '1 KB/s',
  'request corrupted',
  'answer corrupted',
  'request sent twice',
  'captive portal',
  'redirect to a login page',
] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

export interface FaultProxyOptions {
  /** Addresses of the servers, in the order in which this request should try them. */
  servers: () => readonly string[];
  /** From 0 to 1. */
  random: () => number;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What each direction carries in a second on the slow line. */
const SLOW_BYTES = 1_024;
const LATE_MS = { least: 200, most: 20_000 };
const CORRUPT_BYTES = 16;

export class FaultProxy {
  readonly #options: FaultProxyOptions;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => reset(request));
  });
  readonly #onAnswer = new Set<() => void>();
  #fault: NetworkFault | null = null;
  #withheld: (() => void) | null = null;
  #port = 0;

  constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.#server.on('connection', (socket) => {
      if (this.#fault === 'reset before the request') socket.resetAndDestroy();
    });
  }

  /** The same for as long as it lives. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async impose(fault: NetworkFault): Promise<void> {
    this.#fault = fault;
    if (fault === 'connection refused') await this.close();
  }

  async lift(): Promise<void> {
    const refused = this.#fault === 'connection refused';
    this.#fault = null;
    if (refused) await this.open();
  }

  /** Resolves when a server has committed the next request; its answer never reaches the client. */
  withholdAnswer(): Promise<void> {
    return new Promise((resolve) => {
      this.#withheld = resolve;
    });
  }

  /** Calls back once, when the next 200 of a server has gone to the client. Returns the way to stop. */
  onceAnswered(listener: () => void): () => void {
    const once = (): void => {
      this.#onAnswer.delete(once);
      listener();
    };
    this.#onAnswer.add(once);
    return () => void this.#onAnswer.delete(once);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#fault;
    if (fault === 'black hole') {
      request.resume();
      return;
    }
    if (fault === 'reset amid the request') {
      request.once('data', () => reset(request));
      return;
    }
    const body = await readAll(request);
    switch (fault) {
      case 'reset before a server had it':
        reset(request);
        return;
      case 'captive portal':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to the hotel</h1>');
        return;
      case 'redirect to a login page':
        response.writeHead(302, { location: 'http://127.0.0.1:9/login' }).end();
        return;
    }
    if (fault === 'request sent twice') await this.#passOn(request, body);
    const answer = await this.#passOn(request, fault === 'request corrupted' ? this.#mayCorrupt(body) : body);
    if (this.#withheld && answer?.status === 200) {
      this.#withheld();
      this.#withheld = null;
      return;
    }
    if (answer) await this.#answer(fault, answer, request, response);
    else response.writeHead(502).end();
  }

  async #answer(
    fault: NetworkFault | null,
    { status, headers, body }: Answer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const head = { ...headers, 'content-length': String(body.length) };
    switch (fault) {
      case 'reset before the answer':
        reset(request);
        return;
      case 'half an answer':
        response.writeHead(status, head);
        response.write(body.subarray(0, Math.ceil(body.length / 2)), () => reset(request));
        return;
      case 'answer corrupted':
        response.writeHead(status, head).end(this.#corrupt(body, 1));
        return;
      case 'answers 0.2 to 20 s late':
        await delay(LATE_MS.least + this.#options.random() ** 3 * (LATE_MS.most - LATE_MS.least));
        break;
      case '1 KB/s':
        response.writeHead(status, head);
        for await (const piece of this.#slowly(body)) response.write(piece);
        response.end();
        return;
    }
    response.writeHead(status, head).end(body);
    if (status === 200) for (const listener of this.#onAnswer) listener();
  }

  /** Null where no server takes the request, or one breaks off. */
  async #passOn(request: IncomingMessage, body: Buffer): Promise<Answer | null> {
    const pieces = this.#fault === '1 KB/s' ? this.#slowly(body) : [body];
    for (const server of this.#options.servers()) {
      try {
        return await exchange(`${server}${request.url}`, request, body.length, pieces);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return null;
      }
    }
    return null;
  }

  /** At full speed again once the fault is lifted. */
  async *#slowly(body: Buffer): AsyncGenerator<Buffer> {
    for (let start = 0; start < body.length; start += SLOW_BYTES) {
      yield body.subarray(start, start + SLOW_BYTES);
      if (this.#fault === '1 KB/s') await delay(1_000);
    }
  }

  /** Every other request comes through as it was. */
  #mayCorrupt(body: Buffer): Buffer {
    return this.#options.random() < 0.5 ? this.#corrupt(body, CORRUPT_BYTES) : body;
  }

  #corrupt(body: Buffer, bytes: number): Buffer {
    const corrupted = Buffer.from(body);
    const start = Math.floor(this.#options.random() * Math.max(0, body.length - bytes));
    for (let at = start; at < Math.min(start + bytes, body.length); at += 1) corrupted[at]! ^= 0xa5;
    return corrupted;
  }
}

async function exchange(
  url: string,
  { method, headers }: IncomingMessage,
  length: number,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<Answer> {
  const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...others } = headers;
  const request = httpRequest(url, {
    method,
    headers: { ...others, 'content-length': String(length) },
    agent: false,
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      readAll(response).then((body) => resolve({ ...headOf(response), body }), reject);
    });
  });
  // Its failure is told by the await below, which may come a piece later.
  answer.catch(() => {});
  for await (const piece of pieces) request.write(piece);
  request.end();
  return answer;
}

function headOf({ statusCode = 0, headers }: IncomingMessage): Pick<Answer, 'status' | 'headers'> {
  const kept = ['content-type', 'retry-after'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return { status: statusCode, headers: Object.fromEntries(kept) as Record<string, string> };
}

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
