/**
 * A real Chromium, headless: the system's where one is found, else the one inside the npm package
 * `@sparticuz/chromium`, unpacked once into `node_modules/.cache`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser } from 'playwright-core';

const SYSTEM_BROWSERS: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

export interface ChromiumBinary {
  executablePath: string;
  /** Extra environment: the packaged build brings shared libraries that a small system lacks. */
  env: Record<string, string>;
  source: 'system' | 'package';
}

/** `ROOST_CHROMIUM` names a binary; else the system's; else the packaged one. Throws where there is none. */
export function findChromium(): ChromiumBinary {
  const named = process.env.ROOST_CHROMIUM;
  const system = named ?? SYSTEM_BROWSERS[process.platform]?.find((path) => existsSync(path));
  if (system) return { executablePath: system, env: {}, source: 'system' };
  if (process.platform !== 'linux') {
    throw new Error('No Chromium found: install Chrome, or name a binary in ROOST_CHROMIUM.');
  }
  const folder = unpackPackagedChromium();
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
    source: 'package',
  };
}

/** The package's own fonts.conf names folders of a cloud function: without this, pages have no letters. */
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/** Unpacks beside the target and renames, so that two processes at once, or a kill, leave no half browser. */
function unpackPackagedChromium(): string {
  const packageFolder = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = join(packageFolder, '..', '..', '.cache');
  const target = join(cache, `chromium-${version}-with-fonts`);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const stage = mkdtempSync(join(cache, 'chromium-'));
  const unpack = `
    import { inflate } from '@sparticuz/chromium';
    const bin = ${JSON.stringify(join(packageFolder, 'bin'))};
    await Promise.all(['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'].map((f) => inflate(bin + '/' + f)));`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', unpack], {
    cwd: packageFolder,
    env: { ...process.env, TMPDIR: stage },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The packaged Chromium could not be unpacked: ${stderr}`);
  writeFileSync(join(stage, 'fonts', 'fonts.conf'), FONTS_CONF);
  try {
    renameSync(stage, target);
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // else another process was first
  }
  return target;
}

/**
 * Starts a browser; the caller closes it. Crashed tabs leave the browser running (no `--single-process`). With
 * `crashDumps`, Crashpad writes there, where the browser has its handler.
 */
export function launchChromium(args: string[] = [], crashDumps?: string): Promise<Browser> {
  const { executablePath, env } = findChromium();
  return chromium.launch({
    executablePath,
    env: {
      ...process.env,
      ...env,
      ...(crashDumps && { BREAKPAD_DUMP_LOCATION: crashDumps }),
    } as Record<string, string>,
    headless: true,
    ...(crashDumps && { ignoreDefaultArgs: ['--disable-breakpad'] }),
    args: [
      ...(crashDumps ? ['--enable-crash-reporter', `--crash-dumps-dir=${crashDumps}`] : []),
      '--no-sandbox', // CI runs as root in containers
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--font-render-hinting=none',
      ...args,
    ],
  });
}
