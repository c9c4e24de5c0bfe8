/** docs/metrics.md explains every figure with the SQL that the tests use. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { FIGURES } from '../reference/reference.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');

test.each([...FIGURES])('%s is explained with its SQL', (name, sql) => {
  const start = page.indexOf(`### ${name}\n`);
  expect(start).toBeGreaterThan(-1);
  const section = page.slice(start, page.indexOf('\n###', start + 1));
  expect(section).toContain('Good for: ');
  expect(section).toContain(`\`\`\`sql\n${sql.trim()}\n\`\`\``);
});
