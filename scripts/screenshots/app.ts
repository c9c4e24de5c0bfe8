/** Pictures of the demo app and of Roost's elements in it: `node scripts/screenshots/app.ts [FOLDER]`, default docs/images. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { buildStories } from '../../demo/build.ts';
import { choosePort } from '../../demo/tour/choose-port.ts';
import { startServerProcess } from '../../demo/tour/server-process.ts';
import { startStories, type StoriesApp } from '../../demo/tour/stories-app.ts';
import { waitUntil } from '../../demo/tour/wait-until.ts';
import { startElementsHost } from '../../test/unit/elements/page.ts';

export async function takeAppScreenshots(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'roost-screenshots-'));
  const ingestKey = 'pub_demo';
  const server = await startServerProcess({
    port: await choosePort(),
    dataDir: join(home, 'server'),
    ingestKey,
    dashboard: { user: 'demo', password: 'screenshots' },
  });
  try {
    const app = await startStories({
      folder: await buildStories(),
      endpoint: server.url,
      ingestKey,
      userData: join(home, 'stories'),
      speed: 60,
      electron: null,
    });
    await showStories(app, folder).finally(() => app.kill());
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
  await showElements(folder);
}

async function showStories(app: StoriesApp, folder: string): Promise<void> {
  const shoot = (name: string): Promise<void> => app.screenshot(join(folder, `${name}.png`));
  await app.evaluate(
    `document.querySelector('roost-first-run-notice').shadowRoot.querySelector('h2').textContent`,
  );
  await shoot('notice');
  await app.click('roost-first-run-notice button.primary');
  await app.tellStory();
  await app.flush();
  await app.setChecked('offline', true);
  await app.tellStory({ source: 'widget' });
  await app.tellStory({ fails: true });
  await app.click('#open-settings');
  await shoot('settings');
  await app.evaluate(`document.querySelector('[data-crash=error]').click()`);
  await app.click('roost-settings button:text("See what is waiting")');
  await app.click('roost-settings .event summary');
  await shoot('waiting');
  await app.click('roost-settings dialog[open] footer > button');
  await app.evaluate(`document.querySelector('#settings').close()`);
  await app.click('#toggle-drawer');
  await app.setChecked('offline', false);
  await app.flush();
  await app.click('#record');
  await waitUntil('some seconds of sound', async () =>
    Boolean(await app.evaluate(`document.querySelector('#clock').textContent > '3:20'`)),
  );
  await shoot('demo');
}

/** Dark, right to left, on a phone: what the app's own window does not show. */
async function showElements(folder: string): Promise<void> {
  const host = await startElementsHost();
  try {
    const { page } = await host.open('<roost-settings app="Stories"></roost-settings>', {
      viewport: { width: 390, height: 560 },
      deviceScaleFactor: 2,
      colorScheme: 'dark',
      html: 'lang="es"',
    });
    await page.waitForSelector('roost-settings #usage:checked');
    await page.screenshot({ path: join(folder, 'settings-phone-dark.png') });
  } finally {
    await host.close();
  }
}

if (import.meta.main) {
  const images = join(dirname(dirname(import.meta.dirname)), 'docs', 'images');
  await takeAppScreenshots(process.argv[2] ?? images);
}
