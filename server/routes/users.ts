/** What one user may ask for: everything that is stored about them, and its erasure. The id is the secret. */
import type { FastifyInstance } from 'fastify';

import { ApiError } from '../errors.ts';
import { parseUuid } from '../ingest/ids.ts';
import { eraseUser, exportUser } from '../store/users.ts';

interface UserParams {
  Params: { user_id: string };
}

export async function userRoutes(app: FastifyInstance): Promise<void> {
  app.get<UserParams>('/users/:user_id/data', async (request) => {
    const userId = parseUuid(request.params.user_id);
    const data = userId === null ? null : await exportUser(app.pool, userId);
    if (data === null) throw new ApiError('not_found', 'nothing is stored under this id');
    return data;
  });
  app.delete<UserParams>('/users/:user_id', async (request) => {
    const userId = parseUuid(request.params.user_id);
    if (userId === null) throw new ApiError('not_found', 'user_id: expected a UUID');
    return { deleted: await eraseUser(app.pool, userId) };
  });
}
