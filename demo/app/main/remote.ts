/**
 * Lets the tour and the tests press the buttons: with `STORIES_REMOTE` set, the process that started the app may run
 * scripts in its page. An app for people would not have this file.
 */
import type { BrowserWindow } from 'electron';

export type RemoteCommand =
  | { id: number; do: 'evaluate'; script: string }
  /** Opens the window anew, after its page has crashed. */
  | { id: number; do: 'reopen' };
export type RemoteAnswer = { id: number; value?: unknown; error?: string } | { ready: true };

export function listenToRemote(window: () => BrowserWindow | undefined, reopen: () => Promise<void>): void {
  const answer = (message: RemoteAnswer): void => void process.send?.(message);

  async function perform(command: RemoteCommand): Promise<unknown> {
    if (command.do === 'evaluate') return window()?.webContents.executeJavaScript(command.script);
    window()?.destroy();
    return reopen();
  }

  process.on('message', (command: RemoteCommand) => {
    perform(command).then(
      (value) => answer({ id: command.id, value }),
      (error: unknown) => answer({ id: command.id, error: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
  answer({ ready: true });
}
