/** Who may do what: the ingest key, and the administrator's name and password. */
import { createHash, timingSafeEqual } from 'node:crypto';

import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';

import { ApiError } from '../errors.ts';
import { createLockOut } from './lock-out.ts';
import { addressGroup } from './client-address.ts';

/** Compares in constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Lets requests with one of `keys` through; all, where there are none. */
export function requireIngestKey(keys: readonly string[]): onRequestAsyncHookHandler {
  return async (request, reply) => {
    if (keys.length === 0) return;
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    // Every key is compared: the time taken says nothing about which one came close.
    const matches = keys.filter((key) => isSame(given, key));
    if (matches.length > 0) return;
    reply.header('www-authenticate', 'Bearer realm="Roost ingestion"');
    throw new ApiError('unauthorized');
  };
}

/** Lets the administrator through. Ten failures from one address within 15 minutes lock it out for the rest of them. */
export function requireAdmin(user: string, password: string): onRequestAsyncHookHandler {
  const lockOut = createLockOut({ failures: 10, windowMs: 15 * 60_000 });
  return async (request, reply) => {
    const address = addressGroup(request.ip);
    const seconds = lockOut.secondsLeft(address);
    if (seconds > 0) {
      throw new ApiError('rate_limited', 'too many failed log-ins', { retryAfter: seconds });
    }
    const credentials = readBasic(request);
    if (credentials) {
      // No shortcut after a wrong name: both comparisons always run.
      const rightUser = isSame(credentials.user, user);
      const rightPassword = isSame(credentials.password, password);
      if (rightUser && rightPassword) {
        lockOut.forget(address);
        refuseOtherSites(request);
        return;
      }
      lockOut.countFailure(address);
    }
    reply.header('www-authenticate', 'Basic realm="Roost", charset="UTF-8"');
    throw new ApiError('unauthorized');
  };
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Browsers add name and password to requests that other sites' pages make, too; and they say that they did. */
function refuseOtherSites({ method, headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (READING.has(method) || site === undefined || site === 'same-origin' || site === 'none') return;
  throw new ApiError('forbidden');
}

function readBasic(request: FastifyRequest): { user: string; password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
