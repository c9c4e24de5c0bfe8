/**
 * Writes records to files instead of a server: `events.jsonl` and `crashes.jsonl`, one record a line as it would
 * travel. A file that is full becomes `events.1.jsonl`, that one `events.2.jsonl`, and the oldest goes. After a crash
 * between writing and settling a record may be there twice, with the same `event_id`.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { RoostError } from '../record/errors.ts';
import type { Batch } from '../record/batch.ts';
import type { SendResult, Transport } from './transport.ts';

export interface FileTransportOptions {
  /** Folder of the files; made where it is missing. */
  dir: string;
  /** Size from which a file is set aside, bytes, ≥ 1,024. Default 10 MiB. */
  maxFileBytes?: number;
  /** Files of each kind, the one that is written included, ≥ 1. Default 5. */
  maxFiles?: number;
}

/** Throws `RoostError` `invalid_option`. A folder that cannot be written makes the records wait. */
export function fileTransport({
  dir,
  maxFileBytes = 10 * 2 ** 20,
  maxFiles = 5,
}: FileTransportOptions): Transport {
  if (typeof dir !== 'string' || !dir) throw new RoostError('invalid_option', 'dir: expected a folder');
  if (!(maxFileBytes >= 1_024)) throw new RoostError('invalid_option', 'maxFileBytes: expected 1024 or more');
  if (!(maxFiles >= 1)) throw new RoostError('invalid_option', 'maxFiles: expected 1 or more');
  /** One after the other: rotating and purging must not meet a write. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };

  const fileName = (kind: Batch['kind'], age: number): string =>
    join(dir, age === 0 ? `${kind}.jsonl` : `${kind}.${age}.jsonl`);

  async function rotate(kind: Batch['kind']): Promise<void> {
    await rm(fileName(kind, maxFiles - 1), { force: true });
    for (let age = maxFiles - 2; age >= 0; age -= 1) {
      await rename(fileName(kind, age), fileName(kind, age + 1)).catch(ignoreAbsent);
    }
  }

  async function append(batch: Batch): Promise<SendResult> {
    const records = batch.kind === 'events' ? batch.body.events : batch.body.crashes;
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await mkdir(dir, { recursive: true });
    const size = await stat(fileName(batch.kind, 0)).then(
      (stats) => stats.size,
      () => 0,
    );
    if (size > 0 && size + Buffer.byteLength(lines) > maxFileBytes) await rotate(batch.kind);
    const file = await open(fileName(batch.kind, 0), 'a');
    try {
      await file.appendFile(lines);
      await file.sync();
    } finally {
      await file.close();
    }
    return { status: 'settled', rejected: [] };
  }

  return {
    send: (batch) => inTurn(() => append(batch)),
    purge: (kind) =>
      inTurn(async () => {
        const names = await readdir(dir).catch(() => []);
        const ours = names.filter((name) => new RegExp(`^${kind}(\\.\\d+)?\\.jsonl$`).test(name));
        await Promise.all(ours.map((name) => rm(join(dir, name), { force: true })));
      }),
    close: () => inTurn(async () => {}),
  };
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
