/** What the app's own preload puts into the page as `window.stories`, besides Roost's `window.roost`. */
export type MainCrash = 'main' | 'native' | 'renderer';

export interface LogLine {
  text: string;
  tone: 'plain' | 'good' | 'bad';
}

export interface StoriesBridge {
  /** The developer drawer's switch: requests fail as if the network were gone. */
  setOffline(offline: boolean): void;
  crash(kind: MainCrash): void;
  /** Sends what waits now. */
  flush(): Promise<void>;
  onLog(listener: (line: LogLine) => void): void;
}

export const CHANNELS = {
  offline: 'stories:offline',
  crash: 'stories:crash',
  flush: 'stories:flush',
  log: 'stories:log',
} as const;

declare global {
  interface Window {
    stories: StoriesBridge;
  }
}
