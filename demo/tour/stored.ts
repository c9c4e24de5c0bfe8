/** What the server keeps about a user, asked through its API. */
import type { CrashRecord } from '../../lib/record/crash.ts';
import type { EventRecord } from '../../lib/record/event.ts';

export interface StoredRecords {
  events: EventRecord[];
  crashes: CrashRecord[];
}

export async function fetchStored(url: string, ingestKey: string, userId: string): Promise<StoredRecords> {
  const answer = await fetch(`${url}/users/${userId}/data`, {
    headers: { authorization: `Bearer ${ingestKey}` },
  });
  if (answer.status === 404) return { events: [], crashes: [] };
  if (!answer.ok) throw new Error(`The server answered ${answer.status} when asked for the stored records.`);
  return (await answer.json()) as StoredRecords;
}

/** Names of all records, an event's or a crash's type. */
export function namesOf({ events, crashes }: StoredRecords): string[] {
  return [...events.map(({ event }) => event), ...crashes.map(({ crash_type }) => crash_type)];
}
