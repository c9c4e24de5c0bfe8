/**
 * A process that uses a queue, for tests of several at once: `node queue-process.ts <dataDir> <task> <count>`.
 * Each line on stdout is the id of a record, written after the queue's call for it returned.
 */
import { writeSync } from 'node:fs';

import { openQueue } from '../../../lib/queue/queue.ts';
import { LEASE, makeCrash, makeEvent } from './records.ts';

const [dataDir = '', task = '', count = '0'] = process.argv.slice(2);
const queue = openQueue({
  dataDir,
  maxRecords: 100_000,
  maxBytes: 2 ** 30,
  maxAgeDays: 30,
  warn: (_kind, message) => process.stderr.write(`${message}\n`),
});
const say = (line: string): void => void writeSync(1, `${line}\n`);
const request = { ...LEASE, owner: `process ${process.pid}`, kind: 'event' } as const;

switch (task) {
  case 'add':
    for (let n = 0; n < Number(count); n += 1) {
      const event = makeEvent({ properties: { count: n } });
      queue.add('event', event);
      say(event.event_id);
      if (n % 250 === 0) {
        const crash = makeCrash();
        queue.add('crash', crash);
        say(crash.event_id);
      }
    }
    break;
  case 'drain':
    for (;;) {
      const leased = queue.lease({ ...request, maxRecords: 20 });
      if (leased.length === 0) break;
      queue.settle(leased.map(({ rowId }) => rowId));
      for (const { eventId } of leased) say(eventId);
    }
    break;
  case 'hold':
    for (const { eventId } of queue.lease({ ...request, maxRecords: Number(count) })) say(eventId);
    say('held');
    // Until it is killed.
    setInterval(() => {}, 60_000);
    break;
  default:
    throw new Error(`unknown task ${task}`);
}
if (task !== 'hold') queue.close();
