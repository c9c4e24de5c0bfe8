/** How the tour looks in a terminal: a numbered headline for each step, a line for each thing seen. */
import { styleText } from 'node:util';

export interface Terminal {
  step(title: string): void;
  say(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  table(rows: string[][]): void;
  blank(): void;
}

export function createTerminal(write: (line: string) => void = console.log): Terminal {
  let steps = 0;
  const line = (text: string): void => write(`   ${text}`);
  return {
    step(title) {
      steps += 1;
      write('');
      write(styleText('bold', `${String(steps).padStart(2)} ${title}`));
    },
    say: (text) => line(styleText('dim', text)),
    good: (text) => line(`${styleText('green', '✓')} ${text}`),
    bad: (text) => line(`${styleText('red', '✗')} ${text}`),
    table(rows) {
      const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
      );
      rows.forEach((row, index) => {
        const text = row
          .map((cell, column) =>
            column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
          )
          .join('   ');
        line(index === 0 ? styleText('dim', text) : text);
      });
    },
    blank: () => write(''),
  };
}

/** "1 event", "3 events". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
