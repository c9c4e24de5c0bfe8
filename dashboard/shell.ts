/** What stands around every page: navigation, theme switch, freshness. */
import type { PageName, View } from './address.ts';
import { element, fill } from './dom.ts';
import { age, timeOfDay } from './format.ts';
import type { LiveStatus } from './live.ts';
import { pageLink } from './parts/page-link.ts';
import type { Section } from './parts/section.ts';
import { chooseTheme, chosenTheme, type Theme } from './theme.ts';

export const PAGE_TITLES: Record<PageName, string> = {
  figures: 'Figures',
  crashes: 'Crashes',
  events: 'Events',
  live: 'Live',
  delivery: 'Delivery',
  settings: 'Settings',
};

/** Plain links, so that they open in a new tab too; they carry the range and the filters along. */
export function drawNavigation(nav: HTMLElement, view: View, sections: Section[]): void {
  const links = (Object.keys(PAGE_TITLES) as PageName[]).map((page) => {
    const current = page === view.page;
    const link = pageLink(PAGE_TITLES[page], { ...view, page, item: null, module: null });
    if (current) link.setAttribute('aria-current', 'page');
    const inside = current && page === 'figures' ? sectionLinks(sections) : null;
    return element('li', {}, link, inside);
  });
  fill(nav, element('ul', {}, ...links));
}

function sectionLinks(sections: Section[]): HTMLElement {
  return element(
    'ul',
    { class: 'section-links' },
    ...sections.map(({ id, title }) => element('li', {}, element('a', { href: `#${id}` }, title))),
  );
}

const THEMES: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' };

export function themeSwitch(): HTMLElement {
  const select = element(
    'select',
    { id: 'theme', onchange: () => chooseTheme(select.value as Theme) },
    ...Object.entries(THEMES).map(([value, label]) =>
      element('option', { value, selected: value === chosenTheme() }, label),
    ),
  );
  return element('div', { class: 'theme' }, element('label', { for: 'theme' }, 'Theme'), select);
}

export interface Freshness {
  element: HTMLElement;
  banner: HTMLElement;
  tell(status: LiveStatus): void;
}

/** A quiet line while all is well, a banner with the age of the figures when it is not. */
export function createFreshness(retry: () => void): Freshness {
  const line = element('p', { class: 'freshness', role: 'status' }, 'Connecting…');
  const banner = element('div', { class: 'banner', role: 'alert', hidden: true });
  const told = element('span');
  fill(banner, told, element('button', { type: 'button', class: 'button', onclick: retry }, 'Try now'));
  let status: LiveStatus = { state: 'waiting' };

  function draw(): void {
    if (status.state !== 'lost') return;
    const since =
      status.at === null
        ? ''
        : ` The figures are from ${timeOfDay(status.at)} UTC, ${age(Date.now() - status.at)}.`;
    const text = `${status.reason}${since} Trying again…`;
    if (told.textContent !== text) told.textContent = text;
  }
  setInterval(draw, 1000);

  return {
    element: line,
    banner,
    tell(next) {
      status = next;
      const lost = next.state === 'lost';
      banner.hidden = !lost;
      const behind = next.state === 'live' && next.asOf !== null;
      line.dataset.state = behind ? 'behind' : next.state;
      document.body.classList.toggle('stale', lost);
      if (next.state === 'live') fill(line, ...liveWords(next));
      if (lost) fill(line, 'Connection lost');
      draw();
    },
  };
}

function liveWords({ at, asOf }: Extract<LiveStatus, { state: 'live' }>): (string | HTMLElement)[] {
  if (asOf === null) return ['Live', element('span', {}, `${timeOfDay(at)} UTC`)];
  return [`Figures as of ${timeOfDay(asOf)} UTC`, element('span', {}, 'the server is behind')];
}
