/** Takes every picture of the documents anew: `npm run screenshots`. */
import { dirname, join } from 'node:path';

import { takeAppScreenshots } from './screenshots/app.ts';
import { takeDashboardScreenshots } from './screenshots/dashboard.ts';

const folder = join(dirname(import.meta.dirname), 'docs', 'images');
await takeAppScreenshots(folder);
await takeDashboardScreenshots(folder);
console.log(`Pictures taken: ${folder}`);
