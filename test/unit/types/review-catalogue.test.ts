import { expect, test } from 'vitest';

import { defineCatalogue, reviewCatalogue, storiesCatalogue } from '../../../lib/record/index.ts';

test('the Stories catalogue has nothing doubtful', () => {
  expect(reviewCatalogue(storiesCatalogue)).toEqual([]);
});

test('a number without a unit, an unbounded text and a personal one are named', () => {
  const doubts = reviewCatalogue(
    defineCatalogue({
      file_opened: {
        purpose: 'What not to do.',
        properties: {
          size: { type: 'number' },
          opened_count: { type: 'integer' },
          file_name: { type: 'string', maxLength: 40 },
          theme: { type: 'string' },
          codec: { type: 'string', maxLength: 20 },
          has_name: { type: 'boolean' },
          kind: { type: 'enum', values: ['a'] },
        },
      },
    }),
  );
  expect(doubts).toEqual([
    expect.stringMatching(/^file_opened\.size: say the unit/),
    expect.stringMatching(/^file_opened\.file_name: .*personal data/),
    expect.stringMatching(/^file_opened\.theme: bound it/),
  ]);
});
