/** Crash groups: one line a fault, most frequent first. */
import { figureQuery, periodOf, type View } from '../address.ts';
import type { CrashGroup, CrashGroups, CrashModules, GroupStatus } from '../api-types.ts';
import { get } from '../api.ts';
import { askCurrent, remembering, type Compared } from '../ask.ts';
import { createModuleFilter } from '../controls/module-filter.ts';
import { element } from '../dom.ts';
import { count, moment, words } from '../format.ts';
import { currentView } from '../navigation.ts';
import { createCard } from '../parts/card.ts';
import { pageLink } from '../parts/page-link.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, numberCell, scrollBox, tableRow, type Column } from '../parts/table.ts';

interface CrashList extends CrashGroups, CrashModules {
  /** Only groups with a frame in it; null: all. */
  module: string | null;
}

export function crashListSection(): Section {
  return createSection({
    id: 'crash-list',
    title: 'Crash groups',
    lead: 'Crashes with the same type and the same top frames of the app, as one.',
    ask: askCrashList,
    parts: [createGroupTable()],
  });
}

const join = remembering(
  ({ groups }: CrashGroups, { modules }: CrashModules, module: string | null): CrashList => ({
    groups,
    modules,
    module,
  }),
);

async function askCrashList(view: View): Promise<Compared<CrashList>> {
  const query = figureQuery(periodOf(view), view.filters);
  if (view.module) query.set('module', view.module);
  const [groups, { current: modules }] = await Promise.all([
    get<CrashGroups>(`stats/crash-groups?${query}`),
    askCurrent<CrashModules>('stats/crash-modules', view, { patient: true }),
  ]);
  return { current: join(groups, modules, view.module), previous: null };
}

const COLUMNS: Column[] = [
  { label: 'Crash' },
  { label: 'Crashes', format: count },
  { label: 'Users', format: count },
  { label: 'Versions' },
  { label: 'First seen' },
  { label: 'Last seen' },
  { label: 'Status' },
];

const CHOICES: Record<GroupStatus | 'all', string> = {
  open: 'Open',
  resolved: 'Resolved',
  ignored: 'Ignored',
  all: 'All',
};

function createGroupTable(): Part<CrashList> {
  let groups: CrashGroup[] = [];
  let module: string | null = null;
  let wanted: GroupStatus | 'all' = 'open';
  const visible = (): CrashGroup[] => groups.filter(({ status }) => wanted === 'all' || status === wanted);
  const card = createCard({
    title: 'Crash groups',
    width: 'whole',
    rows: () => ({
      title: 'Crash groups',
      columns: COLUMNS,
      rows: visible().map((group) => [
        group.title,
        group.crashes,
        group.users,
        group.app_versions.join(' '),
        group.first_seen,
        group.last_seen,
        group.status,
      ]),
    }),
  });
  const choice = element(
    'select',
    {
      'aria-label': 'Status',
      class: 'tool',
      onchange: () => {
        wanted = choice.value as GroupStatus | 'all';
        draw();
      },
    },
    ...Object.entries(CHOICES).map(([value, label]) => element('option', { value }, label)),
  );
  const moduleFilter = createModuleFilter();
  card.tools.prepend(moduleFilter.element, choice);
  const table = element('table', { class: 'groups' });
  const empty = element('p', { class: 'list-empty' });
  card.body.append(scrollBox('Crash groups', table), empty);

  function draw(): void {
    const shown = visible();
    table.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    const where = module === null ? '' : ` with a frame in ${module}`;
    empty.textContent =
      groups.length === 0
        ? `No crash${where} in this range.`
        : `None of the ${groups.length} groups${where} in range is ${wanted}.`;
    drawTable(table, 'Crash groups', COLUMNS, shown.map(groupRow));
  }

  return {
    element: card.element,
    update(data) {
      ({ groups, module } = data);
      moduleFilter.update(data.modules, module);
      draw();
    },
  };
}

function groupRow(group: CrashGroup): HTMLTableRowElement {
  const { fingerprint, title, crash_type, crashes, users, app_versions, first_seen, last_seen, status } =
    group;
  return tableRow(
    element(
      'div',
      { class: 'group-title' },
      pageLink(title, { ...currentView(), page: 'crashes', item: fingerprint }),
      element('span', { class: 'note' }, words(crash_type)),
    ),
    numberCell(crashes, count),
    numberCell(users, count),
    element('td', {}, versionRange(app_versions)),
    element('td', { class: 'when' }, moment(first_seen)),
    element('td', { class: 'when' }, moment(last_seen)),
    element('td', {}, statusMark(status)),
  );
}

export function statusMark(status: GroupStatus): HTMLElement {
  return element('span', { class: `status ${status}` }, status);
}

/** The list is short, or its ends are told. */
function versionRange(versions: string[]): string {
  if (versions.length <= 2) return versions.join(', ');
  return `${versions[0]} … ${versions.at(-1)} (${versions.length})`;
}
