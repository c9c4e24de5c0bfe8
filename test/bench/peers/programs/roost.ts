/** The built library with its defaults, as its users get it. */
import type { Order } from './program.ts';

type Library = typeof import('../../../../lib/index.ts');

const built = new URL('../../../../dist/esm/node.js', import.meta.url).href;
const { startTelemetry } = (await import(built)) as Library;

export function startRoost({ url, dataDir }: Order): ReturnType<Library['startTelemetry']> {
  return startTelemetry({ endpoint: url, dataDir, appVersion: '1.0.0', logger: () => {} });
}
