import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { storiesCatalogue } from '../../../lib/record/index.ts';
import { DATA_COLLECTED_PAGE, describeCollectedData } from '../../../scripts/data-collected.ts';

test('docs/data-collected.md says what the catalogue says (node scripts/data-collected.ts writes it)', () => {
  expect(readFileSync(DATA_COLLECTED_PAGE, 'utf8')).toBe(describeCollectedData(storiesCatalogue));
});
