/** Each version beside the one before it: who has it, and whether it is more stable. */
import type { Release, Releases } from '../api-types.ts';
import { askCurrent } from '../ask.ts';
import { releaseAdoption } from '../charts/release-adoption.ts';
import { element, fill } from '../dom.ts';
import { count, exact, longDay, percent, shown } from '../format.ts';
import { currentView, toggleFilter } from '../navigation.ts';
import { createCard } from '../parts/card.ts';
import { changeElement, changeOf } from '../parts/change.ts';
import { createChartCard } from '../parts/chart-card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';

export function releasesSection(): Section {
  return createSection({
    id: 'releases',
    title: 'Releases',
    lead: 'Who has which version, and whether it is more stable than the one before.',
    ask: (view) => askCurrent<Releases>('stats/releases', view),
    parts: [createChartCard(releaseAdoption), createReleaseTable()],
  });
}

const COLUMNS = [
  'Version',
  'First seen',
  'Users',
  'Share',
  'Crash-free users',
  'Crash-free sessions',
  'Crashes',
];

function createReleaseTable(): Part<Releases> {
  let releases: Release[] = [];
  const card = createCard({
    title: 'Versions',
    note: 'Users active in the range; changes are against the version before',
    width: 'whole',
    rows: () => ({
      title: 'Releases',
      columns: COLUMNS.map((label, index) => (index < 2 ? { label } : { label, format: count })),
      rows: releases.map((release) => [
        release.app_version,
        release.first_day,
        release.users,
        release.share,
        release.crash_free_users_rate,
        release.crash_free_sessions_rate,
        release.crashes,
      ]),
    }),
  });
  const table = element('table');
  const empty = element('p', { class: 'list-empty' }, 'No version was used in this range');
  card.body.append(
    element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Versions' }, table),
    empty,
  );
  return {
    element: card.element,
    update(data) {
      ({ releases } = data);
      empty.hidden = releases.length > 0;
      table.hidden = releases.length === 0;
      fill(
        table,
        element('caption', { class: 'visually-hidden' }, 'Releases'),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...COLUMNS.map((label, index) =>
              element('th', { scope: 'col', class: index > 1 ? 'number' : null }, label),
            ),
          ),
        ),
        element('tbody', {}, ...releases.map((release, index) => releaseRow(release, releases[index + 1]))),
      );
    },
  };
}

function releaseRow(release: Release, before: Release | undefined): HTMLElement {
  const { app_version, users, share, crashes, first_day } = release;
  const only = currentView().filters.app_version;
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element(
        'button',
        {
          type: 'button',
          class: 'pick',
          title: 'Show this version only',
          'aria-pressed': String(only.includes(app_version)),
          onclick: () => toggleFilter('app_version', app_version),
        },
        app_version,
      ),
    ),
    element('td', {}, longDay(first_day)),
    element('td', { class: 'number', title: exact(users) }, count(users)),
    element('td', { class: 'number', title: exact(share) }, shown(share, percent)),
    rateCell(release.crash_free_users_rate, before?.crash_free_users_rate),
    rateCell(release.crash_free_sessions_rate, before?.crash_free_sessions_rate),
    element('td', { class: 'number', title: exact(crashes) }, count(crashes)),
  );
}

function rateCell(rate: number | null, before: number | null | undefined): HTMLElement {
  const change = changeOf(rate, before ?? null, percent, 'more');
  return element(
    'td',
    { class: 'number', title: exact(rate) },
    shown(rate, percent),
    change && change.direction !== 'same' ? changeElement(change, shown(before ?? null, percent)) : null,
  );
}
