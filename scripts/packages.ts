/**
 * What the two packages hold, and how large they are: `npm run packages` after a build. Ends with 1 where a file is
 * in that nobody expects, or one is missing. With `--write` the table goes into docs/releasing.md.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const page = join(root, 'docs', 'releasing.md');

export interface PackedFile {
  path: string;
  /** Bytes. */
  size: number;
}

export interface Packed {
  name: string;
  /** Bytes of the tarball. */
  size: number;
  unpackedSize: number;
  files: PackedFile[];
}

interface Contents {
  /** Relative to the repository. */
  folder: string;
  /** What is in it, by kind; whatever is of no kind does not belong there. */
  kinds: Readonly<Record<string, RegExp>>;
  /** Each of these must be there. */
  needed: readonly string[];
}

const HEAD = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

export const PACKAGES: readonly Contents[] = [
  {
    folder: '.',
    kinds: {
      'ES modules': /^dist\/esm\/(chunk-[A-Z0-9]{8}|[a-z-]+)\.js$/,
      CommonJS: /^dist\/cjs\/([a-z-]+\.js|package\.json)$/,
      'types, once for each': /^dist\/(esm|cjs)\/types\/(lib|main-process|renderer)\/[\w/-]+\.d\.ts$/,
      'licences of bundled code': /^dist\/THIRD-PARTY-LICENSES\.txt$/,
      'manifest, licence, pages': HEAD,
    },
    needed: ['dist/THIRD-PARTY-LICENSES.txt', 'LICENSE', 'README.md', 'CHANGELOG.md', 'dist/cjs/preload.js'],
  },
  {
    folder: 'server',
    kinds: {
      server: /^dist\/(main|chunk-[A-Z0-9]{8})\.js$/,
      migrations: /^dist\/migrations\/(\d{6}-[a-z-]+|schema)\.sql$/,
      'dashboard, plain and packed':
        /^dist\/dashboard\/(index\.html|dashboard\/assets\/[\w-]+\.(js|css|svg))(\.gz)?$/,
      'files for systemd, nginx, Caddy':
        /^dist\/deploy\/(roost\.service|nginx\.conf|Caddyfile|env\.example)$/,
      'licences of bundled code': /^dist\/dashboard\/THIRD-PARTY-LICENSES\.txt$/,
      'manifest, licence, pages': HEAD,
    },
    needed: [
      'dist/main.js',
      'dist/migrations/000001-records.sql',
      'dist/dashboard/index.html',
      'dist/dashboard/THIRD-PARTY-LICENSES.txt',
      'dist/deploy/env.example',
      'LICENSE',
      'README.md',
    ],
  },
];

export function pack(folder: string): Packed {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(root, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
    // npm is a script there.
    shell: process.platform === 'win32',
  });
  const [packed] = JSON.parse(output) as [Packed];
  return packed;
}

/** One sentence for each file that does not belong there, and each that is missing. */
export function examine({ files }: Packed, { kinds, needed }: Contents): string[] {
  const paths = files.map(({ path }) => path);
  const known = Object.values(kinds);
  return [
    ...paths
      .filter((path) => !known.some((kind) => kind.test(path)))
      .map((path) => `${path} does not belong there`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
  ];
}

function describe(packed: Packed, { kinds }: Contents): string {
  const rows = Object.entries(kinds).map(([kind, pattern]) => {
    const files = packed.files.filter(({ path }) => pattern.test(path));
    return `| ${kind} | ${files.length} | ${kilobytes(files.reduce((sum, { size }) => sum + size, 0))} |`;
  });
  const all = `| unpacked | ${packed.files.length} | ${kilobytes(packed.unpackedSize)} |`;
  const head = [
    `\`${packed.name}\`: ${kilobytes(packed.size)} packed`,
    '',
    '| | files | size |',
    '| --- | --- | --- |',
  ];
  return [...head, ...rows, all].join('\n');
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1000).toLocaleString('en')} kB`;

function main(args: string[]): void {
  const tables: string[] = [];
  for (const contents of PACKAGES) {
    const packed = pack(contents.folder);
    tables.push(describe(packed, contents));
    for (const problem of examine(packed, contents)) {
      console.error(`${packed.name}: ${problem}`);
      process.exitCode = 1;
    }
  }
  const text = tables.join('\n\n');
  console.log(text);
  if (args.includes('--write')) {
    const marks = /(<!-- npm run packages -->\n)[\s\S]*?(<!-- end -->)/;
    writeFileSync(page, readFileSync(page, 'utf8').replace(marks, `$1\n${text}\n\n$2`));
  }
}

if (import.meta.main) main(process.argv.slice(2));
