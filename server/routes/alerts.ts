/** `GET /system/alerts`: the history and the ways that alerts go; `POST /system/alerts/test`: tries those. */
import type { FastifyInstance } from 'fastify';

import { sendTestAlert } from '../alerts/test-alert.ts';
import { channelStates } from '../messages/channels.ts';
import { readAlertHistory } from '../store/alerts.ts';
import { readLastTried } from '../store/messages.ts';

const HISTORY_LENGTH = 100;

export async function alertRoutes(app: FastifyInstance): Promise<void> {
  const channels = channelStates(app.config);
  for (const { channel, problems } of channels) {
    for (const problem of problems) app.log.warn({ channel }, problem);
  }

  app.get('/system/alerts', async (_request, reply) => {
    const [alerts, tried] = await Promise.all([
      readAlertHistory(app.pool, HISTORY_LENGTH),
      readLastTried(app.pool),
    ]);
    return reply.send({
      channels: channels.map(({ channel, on, problems }) => ({
        channel,
        on,
        problems,
        last: tried.find((message) => message.channel === channel) ?? null,
      })),
      alerts,
    });
  });

  app.post('/system/alerts/test', async (_request, reply) =>
    reply.send({ results: await sendTestAlert(app) }),
  );
}
