/**
 * Which frames may speak to Roost. The bridge can end up in pages that are not the app's own (a login window, an
 * advertisement in an iframe), and it can read and erase the user's data.
 */
import type { IpcMainEvent, IpcMainInvokeEvent, WebFrameMain } from 'electron';

/** The frame that sent a message where it is one of the app's own pages, else null. */
export function trustedFrame(
  event: Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
  trustedOrigins: readonly string[],
): WebFrameMain | null {
  try {
    const frame = event.senderFrame; // null where it navigated or was destroyed since
    if (!frame || event.sender.isDestroyed()) return null;
    const place = placeOf(frame.url);
    if (!isOwn(place, trustedOrigins)) return null;
    const { top } = frame;
    // A frame inside another page is the app's own only where it is from the same place.
    if (top && top !== frame && placeOf(top.url) !== place) return null;
    return frame;
  } catch {
    return null; // Electron throws where a frame was disposed while it was asked
  }
}

/** An origin for the web, the scheme for the app's own files and protocols. */
function placeOf(url: string): string {
  const { protocol, origin, host } = new URL(url);
  return origin === 'null' ? `${protocol}//${host}` : origin;
}

function isOwn(place: string, trustedOrigins: readonly string[]): boolean {
  if (trustedOrigins.includes(place)) return true;
  const { protocol, hostname } = new URL(place);
  if (protocol === 'chrome-extension:') return false;
  if (protocol !== 'http:' && protocol !== 'https:') return true; // file:, or a protocol that the app registered
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname); // the development server
}
