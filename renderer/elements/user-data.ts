/** "Export my data" and "Delete my data": the buttons, the one question, and what came of it. */
import type { MyData } from '../../lib/handle.ts';
import type { RoostBridge } from '../bridge.ts';
import { createButton, createElement } from './create-element.ts';
import { createDialog } from './dialog.ts';
import { saveJsonFile } from './save-file.ts';
import type { Texts } from './texts.ts';

export interface UserDataParts {
  exportButton: HTMLButtonElement;
  deleteButton: HTMLButtonElement;
  deleteDialog: HTMLDialogElement;
}

export interface UserDataOptions {
  bridge: RoostBridge;
  texts: Texts;
  app: string;
  /** Tells the outcome to the user. */
  say: (text: string) => void;
  /** Asks the app first, which may save the file its own way: false means that it did. */
  offerToApp: (data: MyData) => boolean;
}

export function createUserData({ bridge, texts, app, say, offerToApp }: UserDataOptions): UserDataParts {
  /** One request at a time: the button rests while it runs. */
  async function perform(
    button: HTMLButtonElement,
    started: string,
    work: () => Promise<string>,
  ): Promise<void> {
    button.disabled = true;
    say(started);
    try {
      say(await work());
    } catch {
      say(texts.text('failed'));
    } finally {
      button.disabled = false;
    }
  }

  const exportButton = createButton(texts.text('exportData'), 'plain', () => {
    void perform(exportButton, texts.text('exporting'), async () => {
      const data = await bridge.exportMyData();
      if (offerToApp(data)) saveJsonFile(`${fileName(app)}-my-data.json`, data);
      return texts.text(data.server ? 'exported' : 'exportedLocalOnly');
    });
  });

  const deleteButton = createButton(texts.text('deleteData'), 'plain', () => deleteDialog.showModal());
  const confirmButton = createButton(texts.text('deleteConfirm'), 'danger', () => {
    deleteDialog.close();
    void perform(deleteButton, texts.text('deleting'), async () => {
      const report = await bridge.forgetMe();
      if ('pending' in report) return texts.text('deletePending');
      const { events, crashes } = report.deleted;
      if (events + crashes === 0) return texts.text('deletedNothing');
      return texts.text('deleted', {
        events: texts.count('eventCount', events),
        crashes: texts.count('crashCount', crashes),
      });
    });
  });
  const deleteDialog = createDialog(texts, {
    title: texts.text('deleteTitle'),
    body: [createElement('p', {}, texts.text('deleteQuestion'))],
    actions: [confirmButton],
    closeText: texts.text('cancel'),
    size: 'small',
  });
  return { exportButton, deleteButton, deleteDialog };
}

function fileName(app: string): string {
  return (
    app
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'app'
  );
}
