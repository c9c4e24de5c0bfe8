/** Takes a script of SQL apart. */

/** Texts, names, comments and function bodies, in which a semicolon ends nothing. */
const WHOLE = /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1/y;

/** The statements of a script, without their semicolons. Nested comments and texts with backslashes (E'…') are not known. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  for (let at = 0; at < script.length;) {
    WHOLE.lastIndex = at;
    const whole = WHOLE.exec(script);
    if (whole) {
      at = WHOLE.lastIndex;
      continue;
    }
    if (script[at] === ';') {
      statements.push(script.slice(start, at));
      start = at + 1;
    }
    at += 1;
  }
  statements.push(script.slice(start));
  return statements.filter((statement) => hasWords(statement));
}

/** More than space and comments. */
function hasWords(statement: string): boolean {
  return statement.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '';
}
