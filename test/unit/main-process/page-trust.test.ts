import type { WebContents, WebFrameMain } from 'electron';
import { describe, expect, it } from 'vitest';

import { trustedFrame } from '../../../main-process/page-trust.ts';

function frameAt(url: string, top?: WebFrameMain): WebFrameMain {
  const frame = { url, top: null as unknown } as { url: string; top: unknown };
  frame.top = top ?? frame;
  return frame as WebFrameMain;
}

function isTrusted(frame: WebFrameMain | null, trustedOrigins: string[] = [], destroyed = false): boolean {
  const sender = { isDestroyed: () => destroyed } as WebContents;
  return trustedFrame({ sender, senderFrame: frame }, trustedOrigins) !== null;
}

describe('which frames may speak to Roost', () => {
  it.each([
    'file:///Applications/Stories.app/index.html',
    'app://stories/index.html',
    'http://localhost:5173/',
    'http://127.0.0.1:3000/',
    'http://[::1]:3000/',
    'data:text/html,<p>',
    'about:blank',
  ])('%s, loaded by the app itself', (url) => {
    expect(isTrusted(frameAt(url))).toBe(true);
  });

  it.each([
    'https://accounts.example.com/login',
    'http://localhost.example.com/',
    'http://foreign.localhost/',
    'blob:https://example.com/1b2c',
    'chrome-extension://abcdefgh/page.html',
    'not an address',
    '',
  ])('not %s', (url) => {
    expect(isTrusted(frameAt(url))).toBe(false);
  });

  it('an origin that the app names, and no other', () => {
    expect(isTrusted(frameAt('https://app.example.com/a?b'), ['https://app.example.com'])).toBe(true);
    expect(isTrusted(frameAt('https://app.example.com:8443/'), ['https://app.example.com'])).toBe(false);
    expect(isTrusted(frameAt('http://app.example.com/'), ['https://app.example.com'])).toBe(false);
  });

  it('a frame in a page of the same place, and no other', () => {
    const top = frameAt('app://stories/index.html');
    expect(isTrusted(frameAt('app://stories/editor.html', top))).toBe(true);
    expect(isTrusted(frameAt('http://localhost:5173/', top))).toBe(false);
    expect(isTrusted(frameAt('data:text/html,<p>', top))).toBe(false);
    expect(isTrusted(frameAt('app://stories/', frameAt('https://example.com/')))).toBe(false);
  });

  it('none that is gone', () => {
    const disposed = {
      get url(): string {
        throw new Error('Render frame was disposed before WebFrameMain could be accessed');
      },
    } as WebFrameMain;
    expect(isTrusted(null)).toBe(false);
    expect(isTrusted(disposed)).toBe(false);
    expect(isTrusted(frameAt('file:///a'), [], true)).toBe(false);
  });
});
