/** `GET /health`: whether this server and its database can work. Asked by load balancers, so it is open to all. */
import type { FastifyInstance } from 'fastify';

import { VERSION } from '../version.ts';

export async function healthRoutes(app: FastifyInstance): Promise<void> {
  app.get('/health', async (request, reply) => {
    try {
      await app.pool.query('select 1');
      const aggregated = app.metrics.lastDone('aggregate');
      return {
        status: 'ok',
        database: 'ok',
        version: VERSION,
        // Null until this process has done it once.
        seconds_since_aggregate: aggregated && Math.round((Date.now() - aggregated.getTime()) / 1000),
      };
    } catch (error) {
      request.log.warn({ err: error }, 'the database is away');
      return reply.code(503).send({ status: 'unavailable', database: 'away', version: VERSION });
    }
  });
}
