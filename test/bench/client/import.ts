/**
 * What importing an entry costs: `node import.ts <specifier>`. Prints JSON: milliseconds, and the bytes of all code
 * that it loaded, compressed. `electron` is an empty module here: an app has loaded it already.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [specifier = ''] = process.argv.slice(2);
const files: string[] = [];
registerHooks({
  resolve(name, context, next) {
    if (name === 'electron') return { url: 'data:text/javascript,export default {}', shortCircuit: true };
    return next(name, context);
  },
  load(url, context, next) {
    if (url.startsWith('file:')) files.push(fileURLToPath(url));
    return next(url, context);
  },
});
const start = performance.now();
await import(specifier);
const milliseconds = performance.now() - start;
const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
process.stdout.write(JSON.stringify({ milliseconds, bytes }));
