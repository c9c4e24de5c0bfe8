/** Headers that keep a browser from doing more with our answers than it must. */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

async function setUp(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ["'none'"],
      },
    },
    // Heeded on https only, which is the proxy's business; other hosts of the domain are not ours to speak for.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
/** For what a browser shows: the dashboard and the routes that it asks. */
export const pageHeaders = fastifyPlugin(setUp, { name: 'page-headers' });

/** What every answer has, unless its route says otherwise. Helmet works its headers out anew for each request. */
const BASIC_HEADERS = Object.entries({
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
});

function setUpBasics(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of BASIC_HEADERS) if (!reply.hasHeader(name)) reply.header(name, value);
  });
}
export const basicHeaders = fastifyPlugin(setUpBasics, { name: 'basic-headers' });
