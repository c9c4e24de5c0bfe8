/** Processes of the app that ended when they should not have: renderers, and helpers such as GPU and utility processes. */
import type { Details, RenderProcessGoneDetails, WebContents } from 'electron';

import type { TelemetryCore } from '../lib/handle.ts';
import type { CrashContext } from '../lib/record/crash.ts';
import { describePlace } from './app-breadcrumbs.ts';
import type { ElectronHost } from './electron-host.ts';

export interface ElectronHookOptions {
  onRendererGone: () => void;
}

/** Starts listening. Returns the way to stop. Reasons grow over time: unknown ones are taken as they are. */
export function hookElectron(
  { app }: Pick<ElectronHost, 'app'>,
  core: TelemetryCore,
  { onRendererGone }: ElectronHookOptions,
): () => void {
  let quitting = false;
  const onQuit = (): void => void (quitting = true);

  const onRenderer = (_event: unknown, contents: WebContents, details: RenderProcessGoneDetails): void => {
    if (isPeaceful(details.reason, quitting)) return;
    onRendererGone();
    record(`Renderer process gone: ${details.reason} (exit code ${details.exitCode})`, 'renderer_crash', {
      process_type: 'renderer',
      reason: details.reason,
      exit_code: details.exitCode,
      window: describeWindow(contents),
    });
  };

  const onChild = (_event: unknown, details: Details): void => {
    if (isPeaceful(details.reason, quitting)) return;
    const name = details.name ?? details.serviceName ?? details.type;
    record(`${name} process gone: ${details.reason} (exit code ${details.exitCode})`, 'child_process_crash', {
      process_type: details.type,
      name: details.name ?? null,
      service_name: details.serviceName ?? null,
      reason: details.reason,
      exit_code: details.exitCode,
    });
  };

  const record = (
    error_message: string,
    crash_type: 'renderer_crash' | 'child_process_crash',
    context: CrashContext,
  ): void => {
    try {
      core.captureCrash({ crash_type, error_message, stack_trace: null, context });
    } catch {
      // Roost's own failure must not become the app's.
    }
  };

  app.on('will-quit', onQuit); // a quit can still be refused at `before-quit`
  app.on('render-process-gone', onRenderer);
  app.on('child-process-gone', onChild);
  return () => {
    app.off('will-quit', onQuit);
    app.off('render-process-gone', onRenderer);
    app.off('child-process-gone', onChild);
  };
}

/** A clean exit is no crash, nor is it one that a quitting app ends its helpers. */
function isPeaceful(reason: string, quitting: boolean): boolean {
  return reason === 'clean-exit' || (quitting && reason === 'killed');
}

/** The page's place without its path, which may name things of the user's. */
function describeWindow(contents: WebContents): CrashContext | null {
  try {
    return { id: contents.id, type: contents.getType(), place: describePlace(contents.getURL()) };
  } catch {
    return null; // destroyed meanwhile
  }
}
