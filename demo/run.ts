/**
 * `npm run demo`: a server with a database of its own, the Stories app, a tour of both; then everything stays up.
 * `-- --once`: ends after the tour, with 0 only if every record arrived exactly once.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs, styleText } from 'node:util';

import { buildStories } from './build.ts';
import { choosePort } from './tour/choose-port.ts';
import { findChromium } from '../test/electron-double/chromium.ts';
import { findCrashHandler } from '../test/electron-double/crashpad.ts';
import { findElectron } from '../test/electron-double/find-electron.ts';
import { startStories, type StoriesOptions } from './tour/stories-app.ts';
import { createTerminal } from './tour/terminal.ts';
import { takeTour, type TourParts } from './tour/tour.ts';

const HELP = `npm run demo [-- options]

  --once       end after the tour: 0 if everything arrived exactly once, else 1
  --port N     the server's port (8787, or a free one where that is taken)
`;
/** A minute of recording each second: the tour has no minutes to spend. */
const TOUR_SPEED = 60;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { once: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const home = makeHome();
  const parts: TourParts = {};
  const stop = async (): Promise<void> => {
    await parts.app?.kill();
    await parts.server?.stop();
    removeHome(home);
  };
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('interrupted'));
  });
  try {
    const run = demonstrate(home, parts, { once: values.once ?? false, port: values.port });
    const result = await Promise.race([run, interrupted]);
    if (result === 'interrupted') return 130;
    if (values.once || result !== 0) return result;
    await interrupted;
    console.log('\nStopping.');
    return 0;
  } finally {
    await stop();
  }
}

async function demonstrate(
  home: string,
  parts: TourParts,
  { once, port }: { once: boolean; port: string | undefined },
): Promise<number> {
  const terminal = createTerminal();
  const electron = findElectron();
  console.log(styleText('bold', 'Roost: the Stories demo'));
  console.log(
    electron
      ? 'Electron is installed: Stories runs in it.'
      : 'Electron’s binary is not installed: the same main process runs on a double of it, with Chromium as its window.',
  );
  const server = {
    port: port === undefined ? await choosePort(8787) : Number(port),
    dataDir: join(home, 'server'),
    ingestKey: `pub_${randomBytes(12).toString('hex')}`,
    dashboard: { user: 'demo', password: randomBytes(9).toString('base64url') },
  };
  const stories: StoriesOptions = {
    folder: await buildStories(),
    endpoint: `http://127.0.0.1:${server.port}`,
    ingestKey: server.ingestKey,
    userData: join(home, 'stories'),
    speed: TOUR_SPEED,
    electron,
  };
  const dumps = electron !== null || findCrashHandler(findChromium().executablePath) !== null;
  const { problems } = await takeTour({ server, stories, terminal, dumps }, parts);
  terminal.blank();
  for (const problem of problems) terminal.bad(problem);
  if (problems.length === 0)
    terminal.good('Everything arrived exactly once, and nothing that opt-out forbids.');
  terminal.blank();
  if (once) return problems.length === 0 ? 0 : 1;

  console.log(`   Dashboard    ${stories.endpoint}/dashboard`);
  console.log(`   User         ${server.dashboard.user}`);
  console.log(`   Password     ${server.dashboard.password}`);
  console.log(`   More data    npm run simulate -- --endpoint ${stories.endpoint} --key ${server.ingestKey}`);
  console.log('   Ctrl-C stops everything and removes what the demo stored.');
  keepStoriesOpen(stories, parts);
  return 0;
}

/** From here on the app is the user's: at the clock's own speed, and back after each crash. */
function keepStoriesOpen(stories: StoriesOptions, parts: TourParts): void {
  const { app } = parts;
  if (!app || !stories.electron) return; // without a window there is nobody to crash it
  void app.ended.then(async ({ code }) => {
    if (code === 0) return console.log('   Stories was closed; the server stays up.');
    console.log('   Stories crashed; starting it again.');
    parts.app = await startStories(stories);
    keepStoriesOpen(stories, parts);
  });
}

/** Fresh at each run, inside the project, where `npm run demo` may be tried without a trace elsewhere. */
function makeHome(): string {
  const parent = join(import.meta.dirname, '..', '.roost');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'demo-'));
}

/** With PostgreSQL's files: started as root, they may lie outside, where its own user can go. */
function removeHome(home: string): void {
  const database = join(home, 'server', 'postgres');
  if (existsSync(database)) {
    const files = realpathSync(database);
    if (!files.startsWith(realpathSync(home))) rmSync(dirname(files), { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
}

// The exit is spelled out: an interrupted tour would go on waiting for a page that is gone.
process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }),
);
