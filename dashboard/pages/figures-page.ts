/** Every figure of the contract on one page, in the order in which a person asks. */
import type { View } from '../address.ts';
import { element } from '../dom.ts';
import { adoptionSection } from '../sections/adoption.ts';
import { businessSection } from '../sections/business.ts';
import { cohortsSection } from '../sections/cohorts.ts';
import { funnelSection } from '../sections/funnel.ts';
import { growthSection } from '../sections/growth.ts';
import { overviewSection } from '../sections/overview.ts';
import { qualitySection } from '../sections/quality.ts';
import { releasesSection } from '../sections/releases.ts';
import { stabilitySection } from '../sections/stability.ts';
import { usageSection } from '../sections/usage.ts';
import type { Page } from './page.ts';

export function figuresPage(): Page {
  const sections = [
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
  ];
  return {
    element: element('div', { class: 'page' }, ...sections.map((section) => section.element)),
    sections,
    async load(view: View) {
      await Promise.all(sections.map((section) => section.load(view)));
    },
  };
}
