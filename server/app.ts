/** The HTTP application: who may come in where, and which file answers. */
import cors from '@fastify/cors';
import etag from '@fastify/etag';
import rateLimit from '@fastify/rate-limit';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  fastify,
} from 'fastify';
import type pg from 'pg';

import { type CompiledCatalogue, compileCatalogue } from '../lib/record/catalogue.ts';
import { MAX_BODY_BYTES } from '../lib/record/limits.ts';
import type { ServerConfig } from './config.ts';
import { ApiError } from './errors.ts';
import { type Ingestion, createIngestion } from './ingest/ingestion.ts';
import { requireAdmin, requireIngestKey } from './plugins/auth.ts';
import { jsonBody } from './plugins/body.ts';
import { addressGroup } from './plugins/client-address.ts';
import { answerClientError, errors, toApiError } from './plugins/errors.ts';
import { knownPaths } from './plugins/known-paths.ts';
import { createLogger, requestLog } from './plugins/logging.ts';
import { metrics } from './plugins/metrics.ts';
import { basicHeaders, pageHeaders } from './plugins/security-headers.ts';
import { unwantedBody } from './plugins/unwanted-body.ts';
import { adminCrashRoutes } from './routes/admin-crashes.ts';
import { adminFigureRoutes } from './routes/admin-figures.ts';
import { adminSystemRoutes } from './routes/admin-system.ts';
import { alertRoutes } from './routes/alerts.ts';
import { crashGroupRoutes } from './routes/crash-groups.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { exportRoutes } from './routes/export.ts';
import { healthRoutes } from './routes/health.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { reportRoutes } from './routes/report.ts';
import { statsEventRoutes } from './routes/stats-events.ts';
import { statsRoutes } from './routes/stats.ts';
import { userRoutes } from './routes/users.ts';

declare module 'fastify' {
  interface FastifyInstance {
    pool: pg.Pool;
    config: ServerConfig;
    catalogue: CompiledCatalogue;
    ingestion: Ingestion;
  }
}

export interface AppOptions {
  config: ServerConfig;
  /** Stays the caller's: closing the app leaves it open. */
  pool: pg.Pool;
  logger?: FastifyBaseLogger;
  /** Milliseconds since the epoch. Default `Date.now`; tests set the clock. */
  now?: () => number;
}

/**
 * From the first byte to the last of a request; slower clients are answered 408 and cut off. The largest body gets
 * through at 9 KiB/s, what a bad line carries; a client whose line is worse halves its batches.
 */
const REQUEST_TIMEOUT_MS = 120_000;
/** The same to the last of its headers. Has to be the shorter one: Node swaps the two where it is not. */
const HEADERS_TIMEOUT_MS = 15_000;
/** How often Node looks for such clients. */
const TIMEOUT_CHECK_MS = 5_000;
const MAX_PARAM_LENGTH = 200;
/** Addresses whose requests are counted at the same time. */
const RATE_LIMIT_ADDRESSES = 20_000;

export async function buildApp({
  config,
  pool,
  logger,
  now = Date.now,
}: AppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger ?? createLogger(config.logLevel),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: (_address: string, hop: number) => hop < config.trustProxy,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
  const catalogue = compileCatalogue(config.catalogue);
  const ingestion = createIngestion({ pool, catalogue, retentionDays: config.retentionDays, now });
  app.decorate('pool', pool);
  app.decorate('config', config);
  app.decorate('catalogue', catalogue);
  app.decorate('ingestion', ingestion);

  await app.register(knownPaths);
  await app.register(errors);
  await app.register(unwantedBody);
  await app.register(requestLog);
  await app.register(basicHeaders);
  await app.register(metrics, { queueDepth: () => ingestion.depth() });
  await app.register(jsonBody);

  await app.register(healthRoutes);
  await app.register(openApiRoutes);
  await app.register(async (ingest) => {
    if (config.corsOrigins.length > 0) await ingest.register(cors, corsOptions(config));
    if (config.rateLimit > 0) await ingest.register(rateLimit, rateLimitOptions(config));
    ingest.addHook('onRequest', requireIngestKey(config.ingestKeys));
    await ingest.register(ingestRoutes);
    await ingest.register(userRoutes);
  });
  await app.register(async (admin) => {
    await admin.register(pageHeaders);
    admin.addHook('onRequest', requireAdmin(config.dashboardUser, config.dashboardPassword));
    await admin.register(etag);
    await admin.register(metricsRoutes);
    await admin.register(statsRoutes);
    await admin.register(statsEventRoutes);
    await admin.register(crashGroupRoutes);
    await admin.register(dashboardRoutes);
    await admin.register(adminFigureRoutes);
    await admin.register(adminCrashRoutes);
    await admin.register(adminSystemRoutes);
    await admin.register(exportRoutes);
    await admin.register(alertRoutes);
    await admin.register(reportRoutes);
  });
  return app;
}

/** Errors before any route is found, such as a broken percent encoding. */
function answerFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const answered = toApiError(error);
  void reply.code(answered.statusCode).send(answered.body);
}

function corsOptions({ corsOrigins }: ServerConfig) {
  return {
    origin: corsOrigins.includes('*') ? '*' : corsOrigins,
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Content-Encoding'],
    exposedHeaders: ['Retry-After'],
    maxAge: 86_400,
    strictPreflight: false,
  };
}

function rateLimitOptions({ rateLimit: max }: ServerConfig) {
  return {
    max,
    timeWindow: 60_000,
    cache: RATE_LIMIT_ADDRESSES,
    keyGenerator: ({ ip }: { ip: string }) => addressGroup(ip),
    errorResponseBuilder: (_request: unknown, { ttl }: { ttl: number }) =>
      new ApiError('rate_limited', 'too many requests', { retryAfter: Math.ceil(ttl / 1000) }),
  };
}
