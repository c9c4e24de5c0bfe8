/** What is logged: routes and durations, never addresses, URLs (they hold user ids), headers or bodies. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

import { redactText } from '../../lib/record/redact.ts';

/** Pino as the server uses it; `level` as in `LOG_LEVEL`. Default destination: standard output. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, ...LOG_FORMS };
  return destination ? pino(options, destination) : pino(options);
}

const LOG_FORMS: Pick<LoggerOptions, 'serializers'> = {
  serializers: {
    req: describeRequest,
    res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    err: describeError,
  },
};

function describeRequest(request: FastifyRequest): { method: string; route: string } {
  return { method: request.method, route: request.routeOptions?.url ?? 'unknown' };
}

/** PostgreSQL's messages, details and parameters may quote the data: its code says enough. */
function describeError(error: Error & { code?: string; severity?: string }): Record<string, unknown> {
  const fromDatabase = error.severity !== undefined;
  return {
    type: error.name,
    code: error.code,
    message: fromDatabase ? undefined : redactText(error.message),
    stack: fromDatabase ? undefined : redactText(error.stack ?? ''),
  };
}

function setUp(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const level = reply.statusCode >= 500 ? 'warn' : 'debug';
    request.log[level](
      { ...describeRequest(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
}
export const requestLog = fastifyPlugin(setUp, { name: 'request-log' });
