/** All scenarios: run on the double by `test/e2e/electron-scenarios.test.ts`, in Electron by `suite.spec.ts`. */
import { hostileScenarios } from './hostile-scenarios.ts';
import { pageScenarios } from './page-scenarios.ts';
import { processScenarios } from './process-scenarios.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: Scenario[] = [...pageScenarios, ...processScenarios, ...hostileScenarios];
