/** `POST /track` and `POST /crash`: a batch, or one record alone, in; a verdict on each record out. */
import type { FastifyInstance } from 'fastify';

export async function ingestRoutes(app: FastifyInstance): Promise<void> {
  for (const [path, kind] of [
    ['/track', 'event'],
    ['/crash', 'crash'],
  ] as const) {
    app.post(path, async (request) => {
      const verdict = await app.ingestion.ingest(kind, request.body, request.bodyBytes);
      app.metrics.countVerdict(kind, verdict);
      return verdict;
    });
  }
}
