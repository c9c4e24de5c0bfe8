/** What a scenario gets: the same in Electron and on its double. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { BrowserWindowConstructorOptions, UtilityProcess, WebContents } from 'electron';

import type { TelemetryCore } from '../../lib/handle.ts';
import type { TelemetryRecord } from '../../lib/record/batch.ts';
import type { CrashRecord } from '../../lib/record/crash.ts';
import type { StoriesCatalogue } from '../../lib/record/stories-catalogue.ts';
import type { ElectronHost } from '../../main-process/electron-host.ts';
import { startInElectron } from '../../main-process/start.ts';

interface TestWindow {
  loadURL(url: string): Promise<void>;
  destroy(): void;
  webContents: Pick<WebContents, 'executeJavaScript' | 'forcefullyCrashRenderer' | 'id'>;
}

export interface ScenarioElectron extends ElectronHost {
  BrowserWindow: new (options?: BrowserWindowConstructorOptions) => TestWindow;
  utilityProcess: {
    fork(path: string, args?: string[], options?: Electron.ForkOptions): Pick<UtilityProcess, 'pid'>;
  };
}

export interface Surroundings {
  electron: ScenarioElectron;
  /** A folder of the scenario's own. */
  folder: string;
  /** The preload as it is published, and one with an app's own part, `raw`. */
  preload: string;
  rawPreload: string;
  /** The renderer entry as a script that sets `window.roostRenderer`. */
  rendererScript: string;
}

export interface Scenario {
  name: string;
  run(stage: Stage): Promise<void>;
}

/** One scenario's telemetry and windows. */
export class Stage {
  readonly telemetry: TelemetryCore<StoriesCatalogue>;
  readonly around: Surroundings;
  readonly warnings: string[] = [];
  private readonly windows: TestWindow[] = [];
  private pages = 0;

  constructor(around: Surroundings) {
    this.around = around;
    this.telemetry = startInElectron<StoriesCatalogue>(around.electron, {
      dataDir: join(around.folder, 'telemetry'),
      configPath: join(around.folder, 'config.json'),
      logger: (message) => this.warnings.push(message),
    });
  }

  /** Writes a page and opens it in a window of its own. */
  async open(
    html: string,
    options: BrowserWindowConstructorOptions['webPreferences'] = {},
  ): Promise<TestWindow> {
    this.pages += 1;
    const file = join(this.around.folder, `page-${this.pages}.html`);
    writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>Scenario</title>${html}`);
    return await this.openURL(pathToFileURL(file).href, options);
  }

  async openURL(
    url: string,
    options: BrowserWindowConstructorOptions['webPreferences'] = {},
  ): Promise<TestWindow> {
    const window = new this.around.electron.BrowserWindow({
      show: false,
      webPreferences: { preload: this.around.preload, ...options },
    });
    this.windows.push(window);
    await window.loadURL(url);
    return window;
  }

  records(): TelemetryRecord[] {
    return this.telemetry.peek(1_000);
  }

  /** The only crash, once it is there. */
  async crash(): Promise<CrashRecord> {
    await until(() => this.telemetry.pending().crashes > 0, 'a crash');
    const crashes = this.records().filter((record): record is CrashRecord => 'crash_type' in record);
    assert.equal(crashes.length, 1, JSON.stringify(crashes, null, 2));
    return crashes[0]!;
  }

  async dropped(reason: string, count: number): Promise<void> {
    await until(
      () => (this.telemetry.pending().dropped[reason] ?? 0) === count,
      () => `${count} dropped as ${reason}, not ${JSON.stringify(this.telemetry.pending().dropped)}`,
    );
  }

  async end(): Promise<void> {
    for (const window of this.windows) window.destroy();
    await this.telemetry.close();
  }
}

/** Waits for a condition; the limit is for a machine under load, not for the product. */
export async function until(condition: () => boolean, what: string | (() => string)): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > limit) assert.fail(`Waited in vain for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
