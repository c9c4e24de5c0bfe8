/** `GET /openapi.json`: the API for programs, open to all. */
import type { FastifyInstance } from 'fastify';

import { openApiDocument } from '../openapi/document.ts';

export async function openApiRoutes(app: FastifyInstance): Promise<void> {
  const document = openApiDocument();
  app.get('/openapi.json', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(document),
  );
}
