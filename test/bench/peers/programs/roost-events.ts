/** Ten usage events. */
import { runProgram } from './program.ts';
import { startRoost } from './roost.ts';

let telemetry: ReturnType<typeof startRoost>;

await runProgram({
  start(order) {
    telemetry = startRoost(order);
  },
  capture(number) {
    telemetry.track('dictionary_used', { count: number });
  },
});
