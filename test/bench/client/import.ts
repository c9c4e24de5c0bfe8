/**
 * What loading an entry costs: `node import.ts <specifier> [<dataDir>]`. Prints JSON: milliseconds, or, where `dataDir`
 * is given, the bytes (compressed) of all code of Roost's that is loaded when `startTelemetry` has returned.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [specifier = '', dataDir] = process.argv.slice(2);
process.stdout.write(JSON.stringify(dataDir === undefined ? await time() : await weigh(dataDir)), () =>
  process.exit(),
);

async function time(): Promise<{ milliseconds: number }> {
  const start = performance.now();
  await import(specifier);
  return { milliseconds: performance.now() - start };
}

async function weigh(dataDir: string): Promise<{ bytes: number }> {
  const files: string[] = [];
  registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:')) files.push(fileURLToPath(url));
      return next(url, context);
    },
  });
  const { startTelemetry } = (await import(specifier)) as typeof import('@roost-telemetry/electron/node');
  startTelemetry({ dataDir, endpoint: 'http://127.0.0.1:9' });
  const ours = files.filter((file) => !/[\\/]node_modules[\\/](?:better-sqlite3|electron)[\\/]/.test(file));
  return { bytes: ours.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) };
}
