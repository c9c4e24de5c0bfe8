/**
 * HTTP by Node's own client: keep-alive, and a time-out that counts from the last byte in either direction. Its
 * sockets do not keep the process alive, so that a hanging server holds back no exit.
 */
import * as http from 'node:http';
import * as https from 'node:https';

import { AnswerTooLong, type HttpAnswer, type HttpExchange, type HttpRequest } from './http-exchange.ts';

/** Both kinds of record may be on their way at once, and an export beside them. */
const MAX_SOCKETS = 4;

export function createNodeExchange(timeoutMs: number): HttpExchange {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: timeoutMs };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  return {
    exchange: (request) => exchange(request, agents, timeoutMs),
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

function exchange(
  { method, url, headers, body, signal, maxAnswerBytes }: HttpRequest,
  agents: { 'http:': http.Agent; 'https:': https.Agent },
  timeoutMs: number,
): Promise<HttpAnswer> {
  const secure = url.startsWith('https:');
  const options = {
    method,
    headers: { ...headers, ...(body && { 'Content-Length': String(body.length) }) },
    signal,
    timeout: timeoutMs,
    agent: agents[secure ? 'https:' : 'http:'],
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxAnswerBytes) request.destroy(new AnswerTooLong());
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('close', () => reject(new Error('the answer broke off')));
      response.on('end', () => {
        if (!response.complete) return;
        const { statusCode = 0, headers } = response;
        const retryAfter = headers['retry-after'] ?? null;
        resolve({ status: statusCode, retryAfter, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.on('socket', (socket) => {
      socket.unref();
      // Each address that is tried for a new connection has a handle of its own.
      if (!request.reusedSocket) socket.on('connectionAttempt', () => socket.unref());
    });
    request.on('timeout', () => request.destroy(new Error(`no progress for ${timeoutMs} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}
