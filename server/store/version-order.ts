/** Order of app versions, as people number them: 1.10.0 after 1.9.0, 2.0.0-beta.2 before 2.0.0. Any text has a place. */

const byParts = new Intl.Collator('en', { numeric: true });

/** Negative where `a` is older than `b`, positive where it is newer. */
export function compareVersions(a: string, b: string): number {
  const [aCore, aPreview] = split(a);
  const [bCore, bPreview] = split(b);
  const byCore = compareCores(aCore, bCore);
  if (byCore !== 0 || aPreview === bPreview) return byCore;
  if (aPreview === '') return 1;
  if (bPreview === '') return -1;
  return byParts.compare(aPreview, bPreview);
}

export function newestVersion(versions: readonly string[]): string | null {
  let newest: string | null = null;
  for (const version of versions)
    if (newest === null || compareVersions(version, newest) > 0) newest = version;
  return newest;
}

/** Numbers and preview (`beta.2`); what follows a plus sign names a build and has no rank. */
function split(version: string): [core: string, preview: string] {
  const bare = version
    .trim()
    .replace(/^v(?=\d)/i, '')
    .replace(/\+.*$/, '');
  const dash = bare.indexOf('-');
  return dash < 0 ? [bare, ''] : [bare.slice(0, dash), bare.slice(dash + 1)];
}

/** `1.2` and `1.2.0` are the same version. */
function compareCores(a: string, b: string): number {
  const aParts = a.split('.');
  const bParts = b.split('.');
  for (let at = 0; at < Math.max(aParts.length, bParts.length); at += 1) {
    const order = byParts.compare(aParts[at] ?? '0', bParts[at] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}
