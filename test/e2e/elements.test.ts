/** "Export my data" and "Delete my data" of the settings panel, through the app's main process to the real server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';

import { buildStories } from '../../demo/build.ts';
import { startStories } from '../../demo/tour/stories-app.ts';
import type { MyData } from '../../lib/handle.ts';
import { startTestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roost-stories-'));
  await buildStories(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  'a user exports everything, deletes it, and starts over as somebody new',
  { timeout: 240_000 },
  async () => {
    const server = await startTestServer();
    onTestFinished(() => server.close());
    const app = await startStories({
      folder,
      endpoint: server.url,
      ingestKey: 'pub_test',
      userData: tempDir(),
      speed: 60,
      electron: null,
    });
    onTestFinished(async () => void (await app.kill()));
    const { userId } = await app.state();
    await app.click('roost-first-run-notice button.primary');
    await app.tellStory();
    await app.flush();
    const countRows = async (): Promise<number> =>
      (await server.pool.query('select from events where user_id = $1', [userId])).rowCount ?? 0;
    await vi.waitFor(async () => expect(await countRows()).toBe(4), PATIENCE);

    await app.evaluate(`document.addEventListener('roost-export', (event) => {
    event.preventDefault();
    window.exported = event.detail;
  })`);
    await app.click('#open-settings');
    await app.click('roost-settings button:text("Export my data")');
    await vi.waitFor(async () => {
      const data = (await app.evaluate('window.exported')) as MyData | undefined;
      expect(data?.user_id).toBe(userId);
      expect(data?.server?.events).toHaveLength(4);
    }, PATIENCE);

    await app.click('roost-settings button:text("Delete my data")');
    await app.click('roost-settings dialog[open] button.danger');
    const said = `document.querySelector('roost-settings').shadowRoot.querySelector('p[role=status]').textContent`;
    await vi.waitFor(
      async () =>
        expect(await app.evaluate(said)).toBe('Deleted from the server: 4 usage events, 0 crash reports.'),
      PATIENCE,
    );
    expect(await countRows()).toBe(0);
    expect((await app.state()).userId).not.toBe(userId);
  },
);
