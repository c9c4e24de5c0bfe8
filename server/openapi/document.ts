/** Puts the OpenAPI document together. */
import { VERSION } from '../version.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { allSchemas, reference } from './schemas.ts';

const SECURITY = { everybody: [], ingest: [{ ingestKey: [] }], admin: [{ admin: [] }] };

export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const [method, path] = name.split(' ') as [string, string];
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(path, operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Roost',
      version: VERSION,
      description: 'Self-hosted telemetry and crash reporting for Electron apps.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      schemas: allSchemas(),
      securitySchemes: {
        ingestKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'One of INGEST_KEYS; none where that is unset',
        },
        admin: { type: 'http', scheme: 'basic', description: 'DASHBOARD_USER and DASHBOARD_PASSWORD' },
      },
    },
  };
}

function describe(path: string, operation: Operation): Record<string, unknown> {
  const { summary, access, body, query = {}, errors = [] } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => parameter('path', match[1]!));
  const inQuery = Object.entries(query).map(([name, meaning]) => parameter('query', name, meaning));
  const statuses = [...errors, ...(access === 'everybody' ? [] : [401]), 429, 503].sort((a, b) => a - b);
  return {
    summary,
    security: SECURITY[access],
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { anyOf: body.map((name) => reference(name)) } } },
      },
    }),
    responses: {
      200: { description: 'Done', content: answerContent(operation) },
      ...Object.fromEntries(
        statuses.map((status) => [
          status,
          { description: 'Refused', content: { 'application/json': { schema: reference('Error') } } },
        ]),
      ),
    },
  };
}

function answerContent({ answer, type = 'application/json' }: Operation): Record<string, unknown> {
  if (type !== 'application/json') return { [type]: { schema: { type: 'string' } } };
  return { [type]: { schema: answer ? reference(answer) : { type: 'object' } } };
}

function parameter(where: 'path' | 'query', name: string, description?: string): Record<string, unknown> {
  return {
    name,
    in: where,
    required: where === 'path',
    schema: { type: 'string' },
    ...(description && { description }),
  };
}
