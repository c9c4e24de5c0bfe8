/** What was thrown, as two bounded texts: pure, so it lives with the records; pages use it too. */
export { describeError } from '../record/describe-error.ts';
