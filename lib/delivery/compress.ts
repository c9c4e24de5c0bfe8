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

/** zstd where Node has it (22.15; Electron 36), else gzip: the server takes both. Both carry a checksum. */
export async function compress(text: string): Promise<EncodedBody> {
  const body = new TextEncoder().encode(text);
  if (body.length <= WORTH_COMPRESSING) return { body };
  if (typeof zlib.zstdCompress === 'function') {
    const zstdCompress = promisify(zlib.zstdCompress);
    // Without its checksum, one bit that falls over on the way makes another record, which is stored as if sent.
    const params = { [zlib.constants.ZSTD_c_checksumFlag]: 1 };
    return { body: new Uint8Array(await zstdCompress(body, { params })), encoding: 'zstd' };
  }
  return { body: new Uint8Array(await promisify(zlib.gzip)(body)), encoding: 'gzip' };
}
