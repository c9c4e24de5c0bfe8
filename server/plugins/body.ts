/** JSON bodies, plain or compressed, bounded before and after unpacking. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

import { MAX_BODY_BYTES, MAX_UNPACKED_BYTES } from '../../lib/record/limits.ts';
import { ApiError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes of the body, unpacked. */
    bodyBytes: number;
  }
}

type Unpack = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify(zlib.gunzip),
  'x-gzip': promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
};

function setUp(app: FastifyInstance): void {
  app.decorateRequest('bodyBytes', 0);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/json(?:\s*;\s*charset="?utf-?8"?)?\s*$/i,
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    async (request: FastifyRequest, body: Buffer) => {
      // Some HTTP clients name the type of a body that a DELETE does not have.
      if (body.length === 0 && request.method === 'DELETE') return undefined;
      const unpacked = await unpack(body, request.headers['content-encoding']);
      request.bodyBytes = unpacked.length;
      return parse(unpacked);
    },
  );
}
export const jsonBody = fastifyPlugin(setUp, { name: 'json-body' });

async function unpack(body: Buffer, encoding = 'identity'): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  const unpackBody = Object.hasOwn(UNPACK, name) ? UNPACK[name] : undefined;
  if (!unpackBody) {
    throw new ApiError('unsupported_media_type', 'Content-Encoding: expected one of gzip, br, zstd, deflate');
  }
  try {
    return await unpackBody(body, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new ApiError('too_large');
    throw new ApiError('malformed_json', 'the body could not be unpacked');
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** `JSON.parse` makes `__proto__` a property like any other, and nothing here copies properties by assignment. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    throw new ApiError('malformed_json');
  }
}
