/** Each version beside the one before it: who has it, and whether it is more stable. */
import type { Release, Releases } from '../api-types.ts';
import { askCurrent } from '../ask.ts';
import { releaseAdoption } from '../charts/release-adoption.ts';
import { element } from '../dom.ts';
import { count, longDay, percent, shown } from '../format.ts';
import { currentView, toggleFilter } from '../navigation.ts';
import { createCard } from '../parts/card.ts';
import { changeElement, changeOf } from '../parts/change.ts';
import { createChartCard } from '../parts/chart-card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, numberCell, scrollBox, tableRow, textCell, type Column } from '../parts/table.ts';

export function releasesSection(): Section {
  return createSection({
    id: 'releases',
    title: 'Releases',
    lead: 'Who has which version, and whether it is more stable than the one before.',
    ask: (view) => askCurrent<Releases>('stats/releases', view, { patient: true }),
    parts: [createChartCard(releaseAdoption), createReleaseTable()],
  });
}

const COLUMNS: Column[] = [
  { label: 'Version' },
  { label: 'First seen' },
  { label: 'Users', format: count },
  { label: 'Share', format: percent },
  { label: 'Crash-free users', format: percent },
  { label: 'Crashes', format: count },
];

function createReleaseTable(): Part<Releases> {
  let releases: Release[] = [];
  const card = createCard({
    title: 'Versions',
    note: 'Users active in the range; changes are against the version before',
    width: 'whole',
    rows: () => ({
      title: 'Releases',
      columns: COLUMNS,
      rows: releases.map((release) => [
        release.app_version,
        release.first_day,
        release.users,
        release.share,
        release.crash_free_users_rate,
        release.crashes,
      ]),
    }),
  });
  const table = element('table');
  const empty = element('p', { class: 'list-empty', hidden: true }, 'No version was used in this range');
  card.body.append(scrollBox('Versions', table), empty);
  return {
    element: card.element,
    update(data) {
      ({ releases } = data);
      empty.hidden = releases.length > 0;
      table.hidden = releases.length === 0;
      drawTable(
        table,
        'Releases',
        COLUMNS,
        releases.map((release, index) => releaseRow(release, releases[index + 1])),
      );
    },
  };
}

function releaseRow(release: Release, before: Release | undefined): HTMLTableRowElement {
  const { app_version, users, share, crash_free_users_rate: stable, crashes, first_day } = release;
  const stableBefore = before?.crash_free_users_rate ?? null;
  const change = changeOf(stable, stableBefore, percent, 'more');
  return tableRow(
    element(
      'button',
      {
        type: 'button',
        class: 'pick',
        title: 'Show this version only',
        'aria-pressed': String(currentView().filters.app_version.includes(app_version)),
        onclick: () => toggleFilter('app_version', app_version),
      },
      app_version,
    ),
    textCell(longDay(first_day)),
    numberCell(users, count),
    numberCell(share, percent),
    numberCell(
      stable,
      percent,
      change && change.direction !== 'same' ? changeElement(change, shown(stableBefore, percent)) : null,
    ),
    numberCell(crashes, count),
  );
}
