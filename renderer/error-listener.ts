/**
 * Listens for what nobody caught, in the world where it runs: Chromium dispatches `error` and `unhandledrejection` only
 * in the world whose script failed (Blink: `ErrorEvent::CanBeDispatchedInWorld`,
 * `PromiseRejectionEvent::CanBeDispatchedInWorld`), so it runs in the page's own world and in the preload's.
 *
 * The function stands alone, like `errorParts`: the preload hands its source over to the page.
 */
import type { ErrorParts } from '../lib/record/ipc.ts';
import type { ErrorReport } from './bridge.ts';

export function listenForErrors(
  errorParts: (thrown: unknown) => ErrorParts,
  capture: (report: ErrorReport) => void,
  world: 'page' | 'preload',
): void {
  const report = (crashType: ErrorReport['crash_type'], error: ErrorParts): void => {
    try {
      capture({
        crash_type: crashType,
        error,
        context: { script_of: world, page_visibility: document.visibilityState },
      });
    } catch {
      // Roost's own failure must not become the page's.
    }
  };
  window.addEventListener('error', (event) => {
    // Chromium's notice that a layout took two rounds: nothing failed.
    if (event.message.startsWith('ResizeObserver loop')) return;
    const { message, filename, lineno, colno } = event;
    // No error object: a script of another origin, or something thrown that is no object.
    const parts =
      event.error === null || event.error === undefined
        ? { message, stack: filename ? `${message}\n    at ${filename}:${lineno}:${colno}` : message }
        : errorParts(event.error);
    report('uncaught_error', parts);
  });
  window.addEventListener('unhandledrejection', (event) =>
    report('unhandled_rejection', errorParts(event.reason)),
  );
}
