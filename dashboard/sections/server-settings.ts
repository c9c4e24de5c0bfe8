/** The settings in use; keys and passwords are masked by the server. */
import type { ServerSettings } from '../api-types.ts';
import { get } from '../api.ts';
import { element, fill } from '../dom.ts';
import { moment } from '../format.ts';
import { createCard } from '../parts/card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { fillTable, scrollBox, type TableData } from '../parts/table.ts';

export function serverSettingsSection(): Section {
  return createSection({
    id: 'server',
    title: 'Server',
    lead: 'Settings are environment variables; a change takes effect at the next start.',
    ask: async () => ({ current: await get<ServerSettings>('system/settings'), previous: null }),
    parts: [createSettings()],
  });
}

function createSettings(): Part<ServerSettings> {
  let data: TableData | null = null;
  const card = createCard({ title: 'Settings in use', width: 'whole', rows: () => data });
  const about = element('p', { class: 'note' });
  const table = element('table', { class: 'settings' });
  card.body.append(about, scrollBox('Settings', table));
  return {
    element: card.element,
    update({ version, node, started_at, settings }) {
      fill(about, `Roost ${version} on Node ${node}, started ${moment(started_at)}.`);
      data = {
        title: 'Settings',
        columns: [{ label: 'Setting' }, { label: 'Value' }],
        rows: settings.map(({ name, value }) => [name, value]),
      };
      fillTable(table, data);
    },
  };
}
