/** Remembers every route, to tell an unknown address (404) from a known one with another method (405). */
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods that the address of this URL has; none where it is unknown. */
    methodsOf(url: string): string[];
    /** Every route, such as `GET /users/:user_id/data`. */
    routeNames(): string[];
  }
}

function setUp(app: FastifyInstance): void {
  const paths = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return;
    const known = paths.get(url) ?? { pattern: toPattern(url), methods: new Set() };
    for (const name of [method].flat()) known.methods.add(name);
    paths.set(url, known);
  });
  app.decorate('routeNames', () =>
    [...paths].flatMap(([url, { methods }]) => [...methods].map((method) => `${method} ${url}`)),
  );
  app.decorate('methodsOf', (url: string) => {
    const path = url.split('?', 1)[0]!;
    const found = new Set<string>();
    for (const { pattern, methods } of paths.values()) {
      if (pattern.test(path)) for (const method of methods) found.add(method);
    }
    return [...found].sort();
  });
}
export const knownPaths = fastifyPlugin(setUp, { name: 'known-paths' });

function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}$`);
}
