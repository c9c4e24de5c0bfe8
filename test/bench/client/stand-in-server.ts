/**
 * Answers as a Roost server does, and stores nothing: a server on the app's own machine would hold up the app by its
 * database's use of the disk, which no user's app has beside it. Prints its address.
 */
import { createServer } from 'node:http';
import { zstdDecompressSync } from 'node:zlib';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const isCompressed = request.headers['content-encoding'] === 'zstd';
    const text = (isCompressed ? zstdDecompressSync(body) : body).toString('utf8');
    const { events } = JSON.parse(text) as { events: unknown[] };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ accepted: events.length, duplicates: 0, stripped: 0, rejected: [] }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') {
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
  }
});
process.once('SIGTERM', () => process.exit());
