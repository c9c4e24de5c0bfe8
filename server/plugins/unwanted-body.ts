/** Reads what is still coming of a body before the answer goes out, where the answer does not depend on it. */
import type { IncomingMessage } from 'node:http';

import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

/** More than any of our clients sends by mistake; whoever sends more is cut off. */
const PATIENCE_BYTES = 16 * 1024 * 1024;

/**
 * A wrong key or a body that is too large is known before the body has arrived. Where the connection is closed after
 * the answer, as proxies ask for, unread bytes would reset it: the answer is lost, and nginx makes a 502 of it, after
 * which a client does not know what was wrong. How long it may take is bounded like any request.
 */
function setUp(app: FastifyInstance): void {
  app.addHook('onSend', (request, _reply, _payload, done) => {
    const { complete, readableEnded, destroyed } = request.raw;
    if (complete || readableEnded || destroyed) done();
    else discard(request.raw, done);
  });
}
export const unwantedBody = fastifyPlugin(setUp, { name: 'unwanted-body' });

function discard(body: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > PATIENCE_BYTES) finish();
  };
  const finish = (): void => {
    body.off('data', count).off('end', finish).off('close', finish);
    done();
  };
  body.on('data', count).once('end', finish).once('close', finish).resume();
}
