/**
 * Stands before a real server and misbehaves. The first part of the path says how, so that several clients can meet
 * different faults at the same time: `/hang/track` never answers, `/accept/track` is passed on.
 */
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const FAULTS = [
  'accept',
  'refuse',
  'hang',
  '429',
  '500',
  '503',
  '413',
  'captive portal',
  'cut after commit',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultServer {
  /** The endpoint to give to a client. */
  endpoint(fault: Fault): string;
  /** Requests met so far. */
  requests(fault: Fault): number;
  close(): Promise<void>;
}

/** What the 413 lets through: a handful of records. Bytes as sent. */
const SMALL_BODY_BYTES = 2_000;

export async function startFaultServer(target: string): Promise<FaultServer> {
  const met = new Map<Fault, number>();
  const server = createServer((request, response) => {
    const [, name = '', ...path] = (request.url ?? '').split('/');
    const fault = decodeURIComponent(name) as Fault;
    met.set(fault, (met.get(fault) ?? 0) + 1);
    misbehave(fault, `${target}/${path.join('/')}`, request, response).catch(() => response.destroy());
  });
  const url = await listen(server);
  // A port that nobody listens on: the system refuses the connection.
  const closed = createServer();
  const refusing = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  return {
    endpoint: (fault) => (fault === 'refuse' ? refusing : `${url}/${encodeURIComponent(fault)}`),
    requests: (fault) => met.get(fault) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function misbehave(
  fault: Fault,
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readAll(request);
  switch (fault) {
    case 'hang':
      return;
    case '429':
      response.writeHead(429, { 'Retry-After': '1' }).end();
      return;
    case '500':
    case '503':
      response.writeHead(Number(fault)).end();
      return;
    case 'captive portal':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome to the hotel</h1>');
      return;
    case '413':
      if (body.length > SMALL_BODY_BYTES) {
        response.writeHead(413).end();
        return;
      }
  }
  const answer = await passOn(url, request, body);
  if (fault === 'cut after commit') response.destroy();
  else response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body);
}

function passOn(
  url: string,
  { method, headers }: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { host: _, ...others } = headers;
    const request = httpRequest(url, { method, headers: others }, (response) => {
      readAll(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
