/** `npm run torture -- queue | server | chain | growth`: a fault test. Arguments after the name go to it. Ends with 1 on any loss. */

/** A fault test as this loads it. */
export interface Torture {
  /** Prints its table; true where nothing was lost, doubled or left behind. */
  run(args: string[]): Promise<boolean>;
}

const TORTURES: Readonly<Record<string, () => Promise<Torture>>> = {
  queue: () => import('./queue.ts'),
  server: () => import('./server.ts'),
  chain: () => import('./chain.ts'),
  growth: () => import('./growth.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = TORTURES[name];
if (load) {
  const { run } = await load();
  process.exitCode = (await run(args)) ? 0 : 1;
} else {
  process.stderr.write(`Usage: npm run torture -- ${Object.keys(TORTURES).join(' | ')}\n`);
  process.exitCode = 2;
}
