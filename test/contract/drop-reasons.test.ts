/** Every reason for which the code drops a record is in docs/delivery.md, and no other. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

test('docs/delivery.md lists the reasons that the code counts', () => {
  const page = readFileSync(join(root, 'docs', 'delivery.md'), 'utf8');
  const section = page.split('## What is dropped')[1]?.split('\n## ')[0] ?? '';
  const documented = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_]+)…?`/g)].map((match) => match[1]!));

  const code = ['lib/**/*.ts', 'main-process/**/*.ts']
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const named = [
    ...code.matchAll(/countDropped\(\s*['`]([a-z_]+)/g),
    ...code.matchAll(/export const (?:QUEUE_FULL|EXPIRED|DAMAGED) = '([a-z_]+)'/g),
    ...code.matchAll(/'(ipc_[a-z_]+)'/g),
    ...code.matchAll(/return '(before_send[a-z_]*)'/g),
    ...code.matchAll(/code: '(unknown_event|invalid_event)'/g),
  ].map((match) => match[1]!);
  const splits = [...code.matchAll(/status: 'split', reason: '([a-z_]+)'/g)].map(
    (match) => `undeliverable_${match[1]}`,
  );
  expect(documented.toSorted()).toEqual([...new Set([...named, ...splits])].toSorted());
});
