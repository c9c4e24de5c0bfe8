import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { splitStatements } from '../../../server/store/sql-statements.ts';

test.each([
  ['select 1; select 2', ['select 1', ' select 2']],
  ['select 1;\n', ['select 1']],
  [`select 'a;b', 'it''s;', "c;d"; select 2;`, [`select 'a;b', 'it''s;', "c;d"`, ' select 2']],
  ['select 1 -- one; or two\n; select 2', ['select 1 -- one; or two\n', ' select 2']],
  ['/* a; b */ select 1; -- the end;', ['/* a; b */ select 1']],
  ['select $$a; b$$; select $x$ $$;$$ $x$, $1', ['select $$a; b$$', ' select $x$ $$;$$ $x$, $1']],
  ['', []],
])('%s', (script, statements) => expect(splitStatements(script)).toEqual(statements));

test('every statement of the migrations begins as one', () => {
  const folder = join(import.meta.dirname, '../../../migrations');
  for (const file of globSync('[0-9]*.sql', { cwd: folder })) {
    for (const statement of splitStatements(readFileSync(join(folder, file), 'utf8'))) {
      expect(statement.replaceAll(/--[^\n]*/g, '').trim()).toMatch(
        /^(?:create|alter|drop|insert|update|delete|grant|comment)\b/,
      );
    }
  }
});
