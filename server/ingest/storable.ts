/** Texts and JSON as PostgreSQL can hold them: no NUL, no half of a surrogate pair. */

export function storableText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

/** JSON for a jsonb column. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // `JSON.stringify` writes both as escapes; most records hold neither.
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'string') return storableText(part);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [storableText(key), inner]));
  });
}
