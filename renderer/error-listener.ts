/**
 * Listens in a page for what nobody caught there. It must run in the page's own world: an isolated world sees
 * `error` events without their error object, and no `unhandledrejection` at all (Blink: `ErrorEvent::error`,
 * `PromiseRejectionEvent::CanBeDispatchedInWorld`).
 *
 * The function stands alone, like `errorParts`: the preload hands its source over.
 */
import type { ErrorParts, PageErrorType } from '../lib/record/ipc.ts';

export function listenForErrors(errorParts: (thrown: unknown) => ErrorParts): void {
  const report = (crashType: PageErrorType, error: ErrorParts): void => {
    try {
      window.roost?.captureError({
        crash_type: crashType,
        error,
        context: { page_visibility: document.visibilityState },
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
