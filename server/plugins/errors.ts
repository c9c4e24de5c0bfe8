/** Answers every failure in the API's one form, and logs those that are the server's own. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

import { ApiError, type ApiErrorCode } from '../errors.ts';
import { isUnavailable } from '../store/database-errors.ts';

const RETRY_AFTER_SECONDS = 5;

function setUp(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answered = toApiError(error);
    if (answered.statusCode >= 500) request.log.error({ err: error }, answered.code);
    return send(reply, answered);
  });
  // Before the body is read: it does not matter here.
  app.addHook('onRequest', async (request, reply) => {
    const asksForMethods =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] === undefined;
    if (request.is404 || asksForMethods) return answerUnrouted(app, request, reply);
    return undefined;
  });
  app.setNotFoundHandler((request, reply) => answerUnrouted(app, request, reply));
}
export const errors = fastifyPlugin(setUp, { name: 'errors', dependencies: ['known-paths'] });

function send(reply: FastifyReply, error: ApiError): FastifyReply {
  if (error.retryAfter !== undefined) reply.header('retry-after', String(error.retryAfter));
  return reply.code(error.statusCode).type('application/json').send(error.body);
}

function answerUnrouted(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const methods = app.methodsOf(request.url);
  if (methods.length === 0) return send(reply, new ApiError('not_found'));
  reply.header('allow', methods.join(', '));
  if (request.method === 'OPTIONS') return reply.code(204).send();
  return send(reply, new ApiError('method_not_allowed', `expected ${methods.join(' or ')}`));
}

/** Answers what Node's HTTP parser refused, on the bare socket. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const answered = new ApiError(CLIENT_ERRORS[error.code ?? ''] ?? 'bad_request');
  const body = JSON.stringify(answered.body);
  socket.end(
    `HTTP/1.1 ${answered.statusCode} ${STATUS_CODES[answered.statusCode]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // A client that neither reads nor closes would stay connected for ever.
  setTimeout(() => socket.destroy(), ANSWER_TIMEOUT_MS).unref();
}

/** What a client has to take such an answer. */
const ANSWER_TIMEOUT_MS = 2_000;

const CLIENT_ERRORS: Readonly<Record<string, ApiErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/** What Fastify and the database threw, as the API says it. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code, statusCode } = error as FastifyError;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('too_large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('unsupported_media_type');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ApiError('malformed_json', 'the body is not as long as Content-Length says');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ApiError('not_found');
    default:
  }
  if (isUnavailable(error)) {
    return new ApiError('unavailable', 'the database is away', { retryAfter: RETRY_AFTER_SECONDS });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new ApiError('bad_request');
  return new ApiError('internal_error');
}
