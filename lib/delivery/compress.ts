/** Compression of request bodies, off the main thread. */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** Below this a compressed body saves no packet. Bytes. */
const WORTH_COMPRESSING = 1_024;

export interface EncodedBody {
  body: Uint8Array<ArrayBuffer>;
  /** `Content-Encoding`, where the body is compressed. */
  encoding?: 'zstd' | 'gzip';
}

/** zstd where Node has it (22.15; Electron 36), else gzip: the server takes both. */
export async function compress(text: string): Promise<EncodedBody> {
  const body = new Uint8Array(Buffer.from(text, 'utf8'));
  if (body.length <= WORTH_COMPRESSING) return { body };
  if (typeof zlib.zstdCompress === 'function') {
    return { body: new Uint8Array(await promisify(zlib.zstdCompress)(body)), encoding: 'zstd' };
  }
  return { body: new Uint8Array(await promisify(zlib.gzip)(body)), encoding: 'gzip' };
}
