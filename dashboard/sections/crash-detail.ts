/** One crash group: its course, where it happens, and its crashes one by one. */
import { figureQuery, periodOf } from '../address.ts';
import type { CrashGroup, CrashGroups, GroupCrashes, GroupStatus } from '../api-types.ts';
import { change, get } from '../api.ts';
import { askCurrent, remembering } from '../ask.ts';
import { groupCrashes } from '../charts/group-crashes.ts';
import { element, fill } from '../dom.ts';
import { count, moment, words } from '../format.ts';
import { toggleFilter } from '../navigation.ts';
import { createCard, toolButton } from '../parts/card.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { crashReport } from '../parts/crash-report.ts';
import type { Part } from '../parts/part.ts';
import { createRankedList } from '../parts/ranked-list.ts';
import { createSection, type Section } from '../parts/section.ts';
import { statusMark } from './crash-list.ts';

interface CrashDetail extends GroupCrashes {
  /** Null where the group has no crash in this range. */
  group: CrashGroup | null;
}

export function crashDetailSection(fingerprint: string): Section {
  const join = remembering((crashes: GroupCrashes, { groups }: CrashGroups): CrashDetail => ({
    ...crashes,
    group: groups.find((group) => group.fingerprint === fingerprint) ?? null,
  }));
  const counts = {
    unit: 'Crashes',
    format: count,
    extra: [{ label: 'Users', format: count }],
    tone: 'bad' as const,
  };
  return createSection({
    id: 'crash',
    title: 'Crash group',
    lead: 'One fault, its course and its crashes.',
    async ask(view) {
      const query = figureQuery(periodOf(view), view.filters);
      const [crashes, { current: groups }] = await Promise.all([
        get<GroupCrashes>(`stats/crash-groups/${encodeURIComponent(fingerprint)}/crashes?${query}`),
        askCurrent<CrashGroups>('stats/crash-groups', view),
      ]);
      return { current: join(crashes, groups), previous: null };
    },
    parts: [
      createHead(fingerprint),
      createChartCard<CrashDetail>(groupCrashes),
      createRankedList<CrashDetail>({
        ...counts,
        title: 'By app version',
        of: 'Version',
        rows: ({ app_versions }) =>
          app_versions.map(({ app_version, crashes, users }) => ({
            key: app_version,
            label: app_version,
            value: crashes,
            extra: [users],
          })),
        pick: {
          label: 'Show this version only',
          can: (version) => version !== 'unknown',
          act: (version) => toggleFilter('app_version', version),
        },
      }),
      createRankedList<CrashDetail>({
        ...counts,
        title: 'By operating system',
        of: 'System',
        rows: ({ os_versions }) =>
          os_versions.map(({ os_version, crashes, users }) => ({
            key: os_version,
            label: os_version,
            value: crashes,
            extra: [users],
          })),
      }),
      createReports(),
    ],
  });
}

/** Title, first and last seen, and what can be done about it. */
function createHead(fingerprint: string): Part<CrashDetail> {
  const holder = element('div', { class: 'card whole group-head' });
  const problem = element('p', { class: 'problem', role: 'alert' });

  async function setStatus(status: GroupStatus, group: CrashGroup): Promise<void> {
    try {
      await change('PATCH', `stats/crash-groups/${encodeURIComponent(fingerprint)}`, { status });
      problem.textContent = '';
      draw({ ...group, status });
    } catch (error) {
      problem.textContent = `The status stays ${group.status}. ${error instanceof Error ? error.message : ''}`;
    }
  }

  function draw(group: CrashGroup | null): void {
    if (!group) {
      fill(
        holder,
        element('p', { class: 'note' }, 'This group has no crash in the range and filters chosen.'),
      );
      return;
    }
    const { title, status, crash_type, first_seen, last_seen, app_versions } = group;
    const choice = (label: string, next: GroupStatus): HTMLElement =>
      element(
        'button',
        { type: 'button', class: 'button', onclick: () => void setStatus(next, group) },
        label,
      );
    fill(
      holder,
      element('h3', {}, title),
      element(
        'p',
        { class: 'note' },
        statusMark(status),
        ` ${words(crash_type)} · first seen ${moment(first_seen)} · last seen ${moment(last_seen)} · ${app_versions.join(', ')}`,
      ),
      element(
        'div',
        { class: 'group-actions' },
        status === 'resolved' ? null : choice('Resolve', 'resolved'),
        status === 'ignored' ? null : choice('Ignore', 'ignored'),
        status === 'open' ? null : choice('Reopen', 'open'),
        element(
          'span',
          { class: 'note' },
          'A resolved group opens again when a newer version crashes the same way.',
        ),
      ),
      problem,
    );
  }

  return { element: holder, update: ({ group }) => draw(group) };
}

/** The latest crashes, one at a time. */
function createReports(): Part<CrashDetail> {
  let crashes: GroupCrashes['latest'] = [];
  let chosen: string | null = null;
  const card = createCard({
    title: 'Latest crashes',
    width: 'whole',
    rows: () => ({
      title: 'Crashes',
      columns: ['Time', 'Message', 'Version', 'System', 'Country', 'Stack'].map((label) => ({ label })),
      rows: crashes.map((crash) => [
        crash.timestamp,
        crash.error_message,
        crash.app_version,
        crash.os_version,
        crash.country,
        crash.stack_trace,
      ]),
    }),
  });
  const older = toolButton('Older', 'Older crash', () => step(1));
  const newer = toolButton('Newer', 'Newer crash', () => step(-1));
  const position = element('span', { class: 'note' });
  card.tools.prepend(position, newer, older);
  const holder = element('div');
  card.body.append(holder);

  const index = (): number =>
    Math.max(
      0,
      crashes.findIndex(({ event_id }) => event_id === chosen),
    );

  function step(by: number): void {
    chosen = crashes[index() + by]?.event_id ?? chosen;
    draw();
  }

  function draw(): void {
    const crash = crashes[index()];
    position.textContent = crash ? `${index() + 1} of ${crashes.length}` : '';
    newer.disabled = index() === 0;
    older.disabled = index() >= crashes.length - 1;
    fill(
      holder,
      crash ? crashReport(crash) : element('p', { class: 'list-empty' }, 'No crash in this range'),
    );
  }

  return {
    element: card.element,
    update({ latest }) {
      crashes = latest;
      // Who reads an older crash keeps it when a new one arrives.
      chosen ??= crashes[0]?.event_id ?? null;
      draw();
    },
  };
}
