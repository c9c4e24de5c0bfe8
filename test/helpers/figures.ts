/** Comparing figures, and asking a test server for them. */
import type { TestServer } from './server.ts';

/** Relative. */
const TOLERANCE = 1e-6;

/**
 * Where `actual` is not what was expected, one line a difference. Numbers may differ by 1e-6 of their size;
 * keys may come in any order, and objects may hold more of them.
 */
export function differences(expected: unknown, actual: unknown, path = 'answer'): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const tolerance = TOLERANCE * Math.max(Math.abs(expected), Math.abs(actual));
    return Math.abs(expected - actual) <= tolerance ? [] : [`${path}: expected ${expected}, got ${actual}`];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length =
      expected.length === actual.length
        ? []
        : [`${path}: expected ${expected.length} entries, got ${actual.length}`];
    return [...length, ...expected.flatMap((item, i) => differences(item, actual[i], `${path}[${i}]`))];
  }
  if (isObject(expected) && isObject(actual)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, actual[key], `${path}.${key}`),
    );
  }
  return expected === actual
    ? []
    : [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** GETs JSON as the administrator; throws where the answer is not 200. */
export async function getFigures(server: TestServer, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.url}${path}`, { headers: server.adminHeaders });
  const body = (await response.json()) as Record<string, unknown>;
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}
