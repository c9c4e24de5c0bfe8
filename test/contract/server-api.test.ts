/** The API's descriptions keep their word: every route is in the OpenAPI document and in docs/api.md, every error too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { API_ERRORS } from '../../server/errors.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { security: unknown[]; requestBody?: unknown }>>;
  components: { schemas: Record<string, unknown> };
}

let server: TestServer;
let document: OpenApi;
let routes: string[];
beforeAll(async () => {
  server = await startTestServer();
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  routes = server.app
    .routeNames()
    .filter((name) => !name.startsWith('HEAD ') && !/\*|\/$/.test(name))
    .sort();
});
afterAll(() => server.close());

const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');

test('the OpenAPI document has every route and no other', () => {
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
  expect(described.sort()).toEqual(routes);
});

test('its references lead somewhere', () => {
  for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(document.components.schemas).toHaveProperty(name!);
  }
});

test('what it says about access is so', async () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { security }] of Object.entries(operations)) {
      const locked = JSON.stringify(security).includes('admin');
      const { status } = await fetch(server.url + path.replaceAll(/\{\w+\}/g, 'x'), {
        method: method.toUpperCase(),
        headers: { 'content-type': 'application/json' },
        ...(method !== 'get' && { body: '{}' }),
      });
      expect([method, path, status === 401]).toEqual([method, path, locked]);
    }
  }
});

test('docs/api.md names every route and every error with its meaning', () => {
  const missing = routes.filter((name) => !page.includes(name.split(' ')[1]!));
  expect(missing).toEqual([]);
  for (const [code, { status, meaning }] of Object.entries(API_ERRORS)) {
    expect(page.replaceAll(/ +/g, ' ')).toContain(`| ${status} | \`${code}\` | ${meaning} |`);
  }
});
