/**
 * Starts the built Stories app and presses its buttons: in Electron where its binary is installed, else the same main
 * process on the Electron double, with a page of a real Chromium as its window.
 */
import type { SettingsState } from '../../renderer/bridge.ts';
import { findElectron } from '../../test/electron-double/find-electron.ts';
import { runApp } from '../../test/electron-double/run-app.ts';
import { runElectron } from './electron-app.ts';
import { waitUntil } from './wait-until.ts';

/** What both ways of running an app offer. */
export interface DrivenApp {
  evaluate(code: string): Promise<unknown>;
  /** Waits until the element can be clicked; finds it in shadow roots too. */
  click(selector: string): Promise<void>;
  screenshot(path: string): Promise<void>;
  quit(): Promise<unknown>;
  kill(): Promise<unknown>;
  stderr(): string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface StoriesOptions {
  /** Folder that `buildStories` made. */
  folder: string;
  endpoint: string;
  ingestKey: string;
  userData: string;
  /** Seconds of recording per second of the clock. Default 1. */
  speed?: number;
  /** Path of Electron's binary; null: the double. Default: what is installed. */
  electron?: string | null;
}

export interface StoriesApp extends DrivenApp {
  state(): Promise<SettingsState>;
  /** Records for a moment and waits for the text, or for the failure. */
  tellStory(options?: { source?: 'widget' | 'main_window'; fails?: boolean }): Promise<void>;
  /** Presses "Send now" and waits for the end of it. */
  flush(): Promise<void>;
  /** Sets a checkbox of the page, by its id, as a click does. */
  setChecked(id: string, checked: boolean): Promise<void>;
}

export async function startStories(options: StoriesOptions): Promise<StoriesApp> {
  const env = {
    STORIES_ENDPOINT: options.endpoint,
    STORIES_INGEST_KEY: options.ingestKey,
    STORIES_USER_DATA: options.userData,
    STORIES_SPEED: String(options.speed ?? 1),
  };
  const binary = options.electron === undefined ? findElectron() : options.electron;
  const app: DrivenApp = binary
    ? await runElectron({ binary, folder: options.folder, env })
    : runApp({ main: options.folder, userData: options.userData, crashpad: true, env });
  const endWithDemo = (): void => void app.kill();
  process.once('exit', endWithDemo);
  void app.ended.then(() => process.off('exit', endWithDemo));
  const read = async <T>(code: string): Promise<T> => (await app.evaluate(code)) as T;
  await waitUntil('the window of Stories', () => read<boolean>(`document.readyState === 'complete'`));

  const setChecked: StoriesApp['setChecked'] = async (id, checked) => {
    await app.evaluate(
      `{ const box = document.getElementById('${id}'); if (box.checked !== ${checked}) box.click(); }`,
    );
  };
  return {
    ...app,
    setChecked,
    state: () => read<SettingsState>('window.roost.getState()'),
    async tellStory({ source = 'main_window', fails = false } = {}) {
      await setChecked('fail-next', fails);
      await app.evaluate(`document.querySelector('[name=source][value=${source}]').click()`);
      const told = await read<number>(COUNT_STORIES);
      await app.click('#record');
      await waitUntil('a second of recording', () =>
        read<boolean>(`document.querySelector('#clock').textContent > '0:00'`),
      );
      await app.click('#record');
      await waitUntil('the text of the story', () =>
        read<boolean>(`${COUNT_STORIES} > ${told} && ${IS_IDLE}`),
      );
    },
    async flush() {
      await app.evaluate('window.stories.flush()');
    },
  };
}

const COUNT_STORIES = `document.querySelector('#stories').childElementCount`;
const IS_IDLE = `document.querySelector('#recorder').dataset.state === 'idle'`;
