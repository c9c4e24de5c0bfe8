/** A reader of RFC 4180, strict: throws where a file is not. */

/** Rows by the names of the first line. */
export function readCsv(text: string): Record<string, string>[] {
  const [head = [], ...rows] = records(text);
  return rows.map((row) => {
    if (row.length !== head.length) throw new Error(`${row.length} fields under ${head.length} names`);
    return Object.fromEntries(head.map((name, at) => [name, row[at]!]));
  });
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;

function records(text: string): string[][] {
  const found: string[][] = [];
  let row: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const at = FIELD.lastIndex;
    const match = FIELD.exec(text);
    if (!match)
      throw new Error(`not CSV from character ${at} on: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ',') continue;
    found.push(row);
    row = [];
  }
  return found;
}
