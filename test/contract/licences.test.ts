/** What an app or a server installs may be used by everybody: permissive licences alone. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Unlicense',
]);

interface LockedPackage {
  dev?: boolean;
  devOptional?: boolean;
  peer?: boolean;
  link?: boolean;
  license?: string;
}

interface Manifest {
  license?: string | { type: string };
  licenses?: { type: string }[];
}

/** Folders of packages that are installed without development tools; Electron is the app's own. */
function shippedPackages(): [folder: string, locked: LockedPackage][] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(packages).filter(
    ([folder, { dev, devOptional, peer, link }]) =>
      folder.includes('node_modules/') && !dev && !devOptional && !peer && !link,
  );
}

/** As the installed package says; as the lock file says for other systems' binaries. */
function licenceOf(folder: string, locked: LockedPackage): string {
  const file = join(root, folder, 'package.json');
  if (!existsSync(file)) return locked.license ?? 'not said';
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'not said';
}

/** Of alternatives one must be permissive, of several at once all. */
function isPermissive(licence: string): boolean {
  const alternatives = licence.replaceAll(/[()]/g, '').split(' OR ');
  return alternatives.some((all) => all.split(' AND ').every((one) => PERMISSIVE.has(one)));
}

test('every package that is shipped has a permissive licence', () => {
  const packages = shippedPackages();
  expect(packages.length).toBeGreaterThan(50);
  const others = packages
    .map(([folder, locked]) => `${folder}: ${licenceOf(folder, locked)}`)
    .filter((line) => !isPermissive(line.slice(line.indexOf(': ') + 2)));
  expect(others).toEqual([]);
});
