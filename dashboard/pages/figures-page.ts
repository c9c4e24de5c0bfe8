/** Every figure on one page, in the order in which a person asks. */
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
import { sectionsPage, type Page } from './page.ts';

export function figuresPage(): Page {
  return sectionsPage([
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
}
