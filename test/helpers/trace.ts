/** The trace of `test/contract/conformance/`: records as clients sent them, late and repeated ones included. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TestServer } from './server.ts';

const FILE = join(import.meta.dirname, '..', 'contract', 'conformance', 'trace.jsonl');

/** Posts all of it, in order of arrival; throws where a record is not taken. */
export async function postTrace(server: Pick<TestServer, 'post'>): Promise<void> {
  for (const { path, records } of batches(readTrace(), 37)) {
    const { status, body } = await server.post(
      path,
      path === '/track' ? { events: records } : { crashes: records },
    );
    if (status !== 200 || (body as { rejected: unknown[] }).rejected.length > 0) {
      throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    }
  }
}

type TraceRecord = { kind: 'event' | 'crash' } & Record<string, unknown>;

function readTrace(): TraceRecord[] {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as TraceRecord);
}

/** Runs of records of one kind. */
function batches(trace: readonly TraceRecord[], size: number): { path: string; records: unknown[] }[] {
  const result: { path: string; records: unknown[] }[] = [];
  for (const { kind, ...record } of trace) {
    const path = kind === 'event' ? '/track' : '/crash';
    const last = result.at(-1);
    if (last?.path === path && last.records.length < size) last.records.push(record);
    else result.push({ path, records: [record] });
  }
  return result;
}
