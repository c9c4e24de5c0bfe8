/** Ten reports of errors. */
import { runProgram, textOf } from './program.ts';
import { startRoost } from './roost.ts';

let telemetry: ReturnType<typeof startRoost>;

await runProgram({
  start(order) {
    telemetry = startRoost(order);
  },
  capture(number) {
    telemetry.captureException(new Error(textOf(number)));
  },
});
