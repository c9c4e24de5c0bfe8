/**
 * `node run.ts [--only NAME] [--at-once 12]`: prints the comparison as Markdown. Needs `npm ci` in this folder, and the
 * built library (`npm run build` in the repository's root). `npm run bench -- peers` there does all of it.
 */
import { parseArgs } from 'node:util';

import { type Kill, type Outcome, runMatrix } from './matrix.ts';
import { PEERS } from './peers.ts';
import { CAPTURES } from './programs/program.ts';
import { FAULTS } from './receiver.ts';

const KILLS: Readonly<Record<Kill, string>> = {
  now: 'Killed in the same tick as the last capture',
  later: 'Killed after 30 seconds',
};

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, 'at-once': { type: 'string', default: '12' } },
});
const peers = PEERS.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
const cells = (Object.keys(KILLS) as Kill[]).flatMap((kill) =>
  peers.flatMap((peer) => FAULTS.map((fault) => ({ peer, fault, kill }))),
);
const outcomes = await runMatrix(cells, Number(values['at-once']), (done) =>
  process.stderr.write(`\r${done} of ${cells.length} cells`),
);
process.stderr.write('\n');
process.stdout.write(describe());

function describe(): string {
  const ends = new Set(
    outcomes.flatMap(({ peer, fault, ended }) =>
      ended === null ? [] : [`${peer.name}, ${fault}: ${ended}`],
    ),
  );
  return [
    `Of ${CAPTURES} captures arrived. Driven: ${[...new Set(peers.flatMap(({ packages }) => packages))].join(', ')}.`,
    ...Object.entries(KILLS).map(([kill, title]) => `### ${title}\n\n${table(kill as Kill)}`),
    ...(ends.size > 0 ? [`† The SDK ended the app before it was killed: ${[...ends].join('; ')}.`] : []),
    '',
  ].join('\n\n');
}

function table(kill: Kill): string {
  const rows = FAULTS.map((fault) => {
    const found = peers.map((peer) =>
      outcomes.find((o) => o.peer === peer && o.fault === fault && o.kill === kill)!,
    );
    return [fault === 'none' ? 'none (for control)' : fault, ...found.map(cell)];
  });
  const line = (words: string[]): string => `| ${words.join(' | ')} |`;
  const header = ['server', ...peers.map(({ name }) => name)];
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** How many of the ten arrived, and what came several times. */
function cell({ arrived, repeated, doubled, ended }: Outcome): string {
  const notes = [
    repeated > 0 ? `${repeated === arrived ? '' : `${repeated} `}repeated` : '',
    doubled > 0 ? `${doubled === arrived ? '' : `${doubled} `}doubled` : '',
  ].filter((note) => note !== '');
  return `${[arrived, ...notes].join(', ')}${ended === null ? '' : ' †'}`;
}
