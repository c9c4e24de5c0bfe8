/** The licences of other people's code that a bundle holds: they ask for their text to go along. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In a built folder. */
export const LICENCES_FILE = 'THIRD-PARTY-LICENSES.txt';

/** `modules`: paths of all that went into a bundle. Throws where a package in it has no text of its licence. */
export function thirdPartyLicences(modules: Iterable<string>): string {
  const folders = new Set<string>();
  for (const module of modules) {
    const [folder] = /^.*node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+(?=[/\\])/.exec(module) ?? [];
    if (folder !== undefined) folders.add(folder.replace(/^\0/, ''));
  }
  return [...folders].toSorted().map(describePackage).join('\n');
}

function describePackage(folder: string): string {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  const [file] = globSync('licen[sc]e*', { cwd: folder }).concat(globSync('LICEN[SC]E*', { cwd: folder }));
  if (file === undefined) throw new Error(`${name} is in a bundle, and has no text of its licence`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n\n${'-'.repeat(80)}\n`;
}
