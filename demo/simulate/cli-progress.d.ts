/** The part of cli-progress that is used here; the package brings no types. */
declare module 'cli-progress' {
  interface SingleBarOptions {
    format: string;
    /** Prints a line now and then where the output is no terminal. */
    noTTYOutput: boolean;
    notTTYSchedule: number;
    hideCursor: boolean;
    barCompleteChar: string;
    barIncompleteChar: string;
    stream: NodeJS.WritableStream;
  }
  export class SingleBar {
    constructor(options: Partial<SingleBarOptions>);
    start(total: number, startValue: number, payload?: Record<string, string>): void;
    increment(step: number, payload?: Record<string, string>): void;
    update(payload: Record<string, string>): void;
    stop(): void;
  }
  const progress: { SingleBar: typeof SingleBar };
  export default progress;
}
