/** The documents keep their word: links lead somewhere, commands exist, code is whole, every page can be reached from docs/README.md. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

import { type Loader, transform } from 'esbuild';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'demo/**/*.md'], { cwd: root }).map((page) =>
  page.replaceAll('\\', '/'),
);
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
/** Code blocks show examples, not links. */
const prose = (page: string): string => read(page).replaceAll(/^```[\s\S]*?^```/gm, '');

interface Link {
  page: string;
  target: string;
  file: string;
  anchor: string | undefined;
}

function localLinks(page: string): Link[] {
  const found = [
    ...prose(page).matchAll(
      /!?\[[^\]]*\]\(([^)\s]+)[^)]*\)|<(?:img|source|a)\s[^>]*(?:src|srcset|href)="([^"]+)"/g,
    ),
  ];
  return found
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((target) => !/^(https?:|mailto:)/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path)).replaceAll('\\', '/');
      return { page, target, file, anchor };
    });
}

/** GitHub's way of making an anchor from a heading. */
function anchors(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

describe.each(pages)('%s', (page) => {
  test('links lead to files and headings that exist', () => {
    const broken = localLinks(page).filter(
      ({ file, anchor }) =>
        !existsSync(join(root, file)) ||
        (anchor !== undefined && file.endsWith('.md') && !anchors(file).has(anchor)),
    );
    expect(broken.map(({ target }) => target)).toEqual([]);
  });

  test('its code and JSON can be parsed when pasted', async () => {
    const faults: string[] = [];
    for (const [, language, block] of read(page).matchAll(/^```(js|ts|tsx|json)\n(\S[\s\S]*?)^```/gm)) {
      try {
        if (language === 'json') JSON.parse(block!);
        else await transform(block!, { loader: language as Loader, logLevel: 'silent' });
      } catch (error) {
        faults.push(`${String(error)} in ${block!}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('files and tests that it names exist', () => {
    const text = read(page);
    const FOLDERS = 'test|docs|scripts|server|lib|main-process|renderer|demo|migrations|dashboard|\\.github';
    const files = [...text.matchAll(new RegExp(`\`((?:${FOLDERS})/[\\w./*-]+)\``, 'g'))].map(
      ([, file]) => file!,
    );
    expect(files.filter((file) => globSync(file, { cwd: root }).length === 0)).toEqual([]);
    const quoted = [...text.matchAll(/`(test\/[\w./-]+\.ts)` \(((?:"[^"]+"(?:, )?)+)\)/g)];
    const missing = quoted.flatMap(([, file, names]) =>
      [...names!.matchAll(/"([^"]+)"/g)]
        .map(([, name]) => name!)
        .filter((name) => !read(file!).includes(name)),
    );
    expect(missing).toEqual([]);
  });

  test('npm scripts that it names exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/\bnpm (?:run (?:--silent )?)([a-z][\w:-]*)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('README takes three screens at most', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(120);
});

test('every page of docs/ is reached from docs/README.md', () => {
  const reached = new Set(['docs/README.md']);
  for (const page of reached) {
    for (const { file } of localLinks(page)) if (pages.includes(file)) reached.add(file);
  }
  const lost = pages.filter((page) => page.startsWith('docs/') && !reached.has(page));
  expect(lost.map((page) => relative('docs', page))).toEqual([]);
});
