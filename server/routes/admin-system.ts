/** How the server itself is doing: delivery, storage, settings; and an event to try it with. */
import type { FastifyInstance } from 'fastify';

import { shownSettings } from '../shown-settings.ts';
import { readDropped, readStorage } from '../store/admin-system.ts';
import { makeTestEvent } from '../test-event.ts';
import { VERSION } from '../version.ts';

export async function adminSystemRoutes(app: FastifyInstance): Promise<void> {
  const startedAt = new Date();

  app.get('/system/delivery', async (_request, reply) => {
    const [verdicts, dropped] = await Promise.all([app.metrics.verdicts(), readDropped(app.pool)]);
    // Verdicts are counted in memory: by this server, since it was started.
    return reply.send({ since: startedAt, ...verdicts, waiting: app.ingestion.depth(), dropped });
  });

  app.get('/system/storage', async (_request, reply) => {
    const { retentionDays, databaseSizeLimitMb, databaseExpiresOn } = app.config;
    return reply.send({
      ...(await readStorage(app.pool)),
      retention_days: retentionDays,
      limit_bytes: databaseSizeLimitMb === null ? null : databaseSizeLimitMb * 2 ** 20,
      expires_on: databaseExpiresOn,
    });
  });

  app.get('/system/settings', (_request, reply) =>
    reply.send({
      version: VERSION,
      node: process.version,
      started_at: startedAt,
      open_ingestion: app.config.ingestKeys.length === 0,
      settings: shownSettings(app.config),
    }),
  );

  app.post('/system/test-event', async (_request, reply) => {
    const event = makeTestEvent(app.config.catalogue, Date.now());
    const verdict = await app.ingestion.ingest('event', event, JSON.stringify(event).length);
    app.metrics.countVerdict('event', verdict);
    return reply.send({ event, verdict });
  });
}
