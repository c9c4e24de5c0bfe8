/** The rates of one day, `null` where there is nothing to take a share of. */
import type { Day } from '../api-types.ts';
import type { Figure } from '../format.ts';

export function successRate({ completed, failed }: Day): Figure {
  return completed + failed === 0 ? null : completed / (completed + failed);
}

export function crashFreeRate({ active_users, crashed_users }: Day): Figure {
  return active_users === 0 ? null : 1 - crashed_users / active_users;
}
