/** `GET /dashboard`: the page and what it is made of. */
import { join } from 'node:path';

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

import { dashboardFolder } from '../dashboard-folder.ts';
import { ApiError } from '../errors.ts';

/** Their names hold a hash of what is in them: another content has another name. */
const ONE_YEAR_MS = 365 * 86_400_000;

export async function dashboardRoutes(app: FastifyInstance): Promise<void> {
  const folder = dashboardFolder();
  if (folder === null) {
    app.get('/dashboard', async () => {
      throw new ApiError('not_found', 'The dashboard is not built: run "npm run build".');
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: join(folder, 'dashboard', 'assets'),
    prefix: '/dashboard/assets/',
    preCompressed: true,
    index: false,
    cacheControl: true,
    immutable: true,
    maxAge: ONE_YEAR_MS,
  });
  app.get('/dashboard', (_request, reply) =>
    reply.sendFile('index.html', folder, { cacheControl: false }).header('cache-control', 'no-cache'),
  );
  // The page's addresses are relative to one without a slash at the end. The query is the view.
  app.get('/dashboard/', ({ url }, reply) => {
    const query = url.indexOf('?');
    return reply.redirect(`../dashboard${query === -1 ? '' : url.slice(query)}`, 308);
  });
}
