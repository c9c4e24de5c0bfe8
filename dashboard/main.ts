/** The dashboard, from the address to the screen. */
import type { PageName } from './address.ts';
import { forgetAsOf } from './as-of.ts';
import { askFilterValues } from './choices.ts';
import { createFilterControls } from './controls/filter-controls.ts';
import { createRangeControl, rangeInWords } from './controls/range-control.ts';
import { element, fill } from './dom.ts';
import { startLive } from './live.ts';
import { currentView, onView } from './navigation.ts';
import { crashesPage } from './pages/crashes-page.ts';
import { eventsPage } from './pages/events-page.ts';
import { figuresPage } from './pages/figures-page.ts';
import { sectionsPage, type Page } from './pages/page.ts';
import { withPulse } from './pulse.ts';
import { alertsSection } from './sections/alerts.ts';
import { receivedSection } from './sections/received.ts';
import { recentSection } from './sections/recent.ts';
import { serverSettingsSection } from './sections/server-settings.ts';
import { storageSection } from './sections/storage.ts';
import { createFreshness, drawNavigation, PAGE_TITLES, themeSwitch } from './shell.ts';
import { applyTheme } from './theme.ts';

applyTheme();

interface ShownPage {
  make(): Page;
  /** The date range and the filters count here. */
  ranged: boolean;
  /** So does the previous period. */
  compared: boolean;
}

const PAGES_SHOWN: Record<PageName, ShownPage> = {
  figures: { make: () => withPulse(figuresPage()), ranged: true, compared: true },
  crashes: { make: () => withPulse(crashesPage()), ranged: true, compared: false },
  events: { make: () => withPulse(eventsPage()), ranged: true, compared: true },
  live: { make: () => sectionsPage([recentSection()]), ranged: true, compared: false },
  delivery: { make: () => sectionsPage([receivedSection()]), ranged: false, compared: false },
  settings: {
    make: () => sectionsPage([alertsSection(), storageSection(), serverSettingsSection()]),
    ranged: false,
    compared: false,
  },
};
const pages = new Map<PageName, Page>();

function pageNamed(name: PageName): Page {
  const page = pages.get(name) ?? PAGES_SHOWN[name].make();
  pages.set(name, page);
  return page;
}

const nav = byId('navigation');
const content = byId('content');
const title = element('h1');
const range = element('p', { class: 'range-words' });
const rangeControl = createRangeControl();
const filterControls = createFilterControls();
const controls = element('div', { class: 'controls' }, rangeControl.element, filterControls.element);
const freshness = createFreshness(() => live.now());
const holder = element('div');

byId('side-foot').append(themeSwitch());
content.append(
  element(
    'div',
    { class: 'topbar' },
    element('div', { class: 'topbar-title' }, title, freshness.element),
    controls,
  ),
  freshness.banner,
  range,
  holder,
);

function show(): void {
  const view = currentView();
  const page = pageNamed(view.page);
  if (holder.firstChild !== page.element) fill(holder, page.element);
  title.textContent = PAGE_TITLES[view.page];
  document.title = `${PAGE_TITLES[view.page]} · Roost`;
  const { ranged, compared } = PAGES_SHOWN[view.page];
  controls.hidden = range.hidden = !ranged;
  range.textContent = rangeInWords(view, compared);
  rangeControl.update(view);
  filterControls.update(view);
  drawNavigation(nav, view, page.sections);
}

show();
const live = startLive(async () => {
  await pageNamed(currentView().page).load(currentView());
  // Only the choices: the figures do not wait for them.
  askFilterValues().then(filterControls.offer, () => {});
}, freshness.tell);
onView((view, before) => {
  forgetAsOf();
  show();
  live.now();
  if (view.page !== before.page) {
    scrollTo({ top: 0 });
    content.focus({ preventScroll: true });
  }
});

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page lacks #${id}.`);
  return found;
}
