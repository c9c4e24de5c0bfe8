/** What of a failed statement is the database's trouble, and not a fault in the statement. */
import { DatabaseError } from 'pg';

/** Classes of SQLSTATE: connection, log-in, a database that is not there, resources, an administrator, the system. */
const OF_THE_DATABASE = /^(08|28|3D|53|57|58|25006)/;
const NO_RIGHT = '42501';

/** One line for whoever looks after the database; null where it is something else. */
export function troubleOfDatabase(error: unknown): string | null {
  if (!(error instanceof DatabaseError)) return null;
  const { code = '', message } = error;
  if (code === NO_RIGHT) return `${message}: its user must be allowed to make tables there`;
  return OF_THE_DATABASE.test(code) ? message : null;
}
