/**
 * `npm run bench -- client | server | stats | export | redact | peers`: runs a benchmark and writes its section of docs/benchmarks.md,
 * or of the page that it names.
 * Arguments after the name go to the benchmark; with `--no-write` the section is only printed.
 */
import { type Bench, writeSection } from './report.ts';

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  client: () => import('./client.ts'),
  server: () => import('./server.ts'),
  stats: () => import('./stats.ts'),
  export: () => import('./export.ts'),
  redact: () => import('./redact.ts'),
  peers: () => import('./peers.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = BENCHES[name];
if (load) {
  const bench = await load();
  const options = args.filter((argument) => argument !== '--no-write');
  const markdown = await bench.run(options);
  process.stdout.write(`\n${markdown}\n`);
  if (!args.includes('--no-write') && !bench.isPartial?.(options)) await writeSection(name, bench, markdown);
} else {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}\n`);
  process.exitCode = 2;
}
