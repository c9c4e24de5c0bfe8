/** Every figure on one page, in the order in which a person asks; before there is anything, how to begin. */
import type { View } from '../address.ts';
import { askFigures } from '../ask.ts';
import { askFilterValues, usersOf } from '../choices.ts';
import { element, fill } from '../dom.ts';
import { adoptionSection } from '../sections/adoption.ts';
import { businessSection } from '../sections/business.ts';
import { cohortsSection } from '../sections/cohorts.ts';
import { firstRunSection } from '../sections/first-run.ts';
import { funnelSection } from '../sections/funnel.ts';
import { growthSection } from '../sections/growth.ts';
import { overviewSection } from '../sections/overview.ts';
import { qualitySection } from '../sections/quality.ts';
import { releasesSection } from '../sections/releases.ts';
import { stabilitySection } from '../sections/stability.ts';
import { usageSection } from '../sections/usage.ts';
import { sectionsPage, type Page } from './page.ts';

export function figuresPage(): Page {
  const figures = sectionsPage([
    overviewSection(),
    growthSection(),
    usageSection(),
    adoptionSection(),
    qualitySection(),
    stabilitySection(),
    businessSection(),
    funnelSection(),
    cohortsSection(),
    releasesSection(),
  ]);
  const firstRun = firstRunSection();
  const holder = element('div', {}, figures.element);
  let begun = false;

  /**
   * Once there is something from production, it is not asked again. Most often the figures say so, which are drawn next;
   * all other questions wait for them. Without an answer the sections say what is wrong.
   */
  async function hasBegun(view: View): Promise<boolean> {
    if (begun || view.filters.environment.length > 0) return true;
    const figures = await askFigures(view).catch(() => null);
    begun = figures !== null && figures.current.growth.total_users > 0;
    if (begun) return true;
    const values = await askFilterValues({ maxAgeMs: 0 }).catch(() => null);
    if (values === null) return holder.firstChild !== firstRun.element;
    begun = usersOf(values, 'production') > 0;
    firstRun.tell(values);
    return begun;
  }

  return {
    element: holder,
    sections: figures.sections,
    async load(view) {
      const page = (await hasBegun(view)) ? figures : firstRun;
      if (holder.firstChild !== page.element) fill(holder, page.element);
      await page.load(view);
    },
  };
}
