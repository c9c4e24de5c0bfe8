/** docs/benchmarks.md and its like: each benchmark replaces its own section, and leaves the rest as it was. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

/** A benchmark as `run.ts` loads it. */
export interface Bench {
  /** Heading of its section. */
  title: string;
  /** Page in docs/ that has the section. Default: benchmarks.md. */
  page?: string;
  /** Measures, and gives the section's Markdown: tables, and what they mean. Throws where a measurement failed. */
  run(args: string[]): Promise<string>;
  /** True where these arguments leave out what the section must have, so that it is not to be written. */
  isPartial?(args: string[]): boolean;
}

const DOCS = join(import.meta.dirname, '../../docs');

const INTRODUCTION = `# Benchmarks

Written by \`npm run bench -- client | server | stats | export | redact\`: each command replaces its own section. Figures hold for the
machine that a section names, and are best read next to the reference that was measured in the same run.
`;

export async function writeSection(
  name: string,
  { title, page = 'benchmarks.md' }: Bench,
  markdown: string,
): Promise<void> {
  const path = join(DOCS, page);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : INTRODUCTION;
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const section = `${start}\n\n## ${title}\n\n${machine()}\n\n${markdown.trim()}\n\n${end}`;
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  const after =
    from === -1 || to === -1
      ? `${before.trimEnd()}\n\n${section}\n`
      : before.slice(0, from) + section + before.slice(to + end.length);
  const style = await resolveConfig(path);
  writeFileSync(path, await format(after, { ...style, parser: 'markdown' }));
}

/** Without the name of the machine. */
function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.versions.node}, ${type()}, ${availableParallelism()} cores (${processor}), ${memory} GB.`;
}
