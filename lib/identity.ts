/**
 * Who this install is: one random id, made at the first start, and the ids that the user had erased and the server has
 * not confirmed yet. Both live in one small file beside the queue, so that `forgetMe` is one atomic step and a damaged
 * queue costs no id; a copy in the queue's state mends a damaged file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createFile, errorCode, pause, replaceFile } from './atomic-write.ts';
import type { RecordQueue } from './queue/types.ts';
import { reasonOf, type Warn } from './warn.ts';
import { watchFile } from './watched-file.ts';

export interface Identity {
  /** UUID v4. */
  readonly userId: string;
  /** Ids whose erasure the server has not confirmed, oldest first. */
  readonly toErase: readonly string[];
  /** Takes a new id and leaves the old one to be erased. Returns the old one. */
  renew(): string;
  /** The server erased this id. */
  erased(userId: string): void;
  /** Looks at the file again: another process may have taken a new id. */
  refresh(): void;
  /** One sentence a problem, empty when all is well. */
  problems(): string[];
  close(): void;
}

interface Content {
  user_id: string;
  to_erase: string[];
}

export interface IdentityOptions {
  dataDir: string;
  queue: Pick<RecordQueue, 'getState' | 'setState'>;
  warn: Warn;
  /** Called after another process changed the id. */
  onChange: () => void;
}

const FILE = 'identity.json';
const STATE_KEY = 'identity';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function openIdentity({ dataDir, queue, warn, onChange }: IdentityOptions): Identity {
  const path = join(dataDir, FILE);
  const problems: string[] = [];
  const watched = watchFile(path, refresh);
  watched.markRead();
  let content = openContent();
  keepCopy();

  function openContent(): Content {
    const present = readContent(path);
    if (typeof present === 'object') return present;
    const copy = checkContent(queue.getState<unknown>(STATE_KEY));
    const fresh = copy ?? { user_id: crypto.randomUUID(), to_erase: [] };
    try {
      if (present === 'damaged') replaceFile(path, serialize(fresh));
      else if (!createFile(path, serialize(fresh))) return readWinner() ?? fresh;
    } catch (error) {
      problems.push(`The install's id cannot be kept in ${path}: ${reasonOf(error)}`);
      warn(
        'identity_unwritable',
        `${path} cannot be written: ${reasonOf(error)}. The id lasts for this run.`,
      );
    }
    return fresh;
  }

  /** Another process made the file first; without hard links its content may take a moment. */
  function readWinner(): Content | null {
    for (let tries = 0; tries < 20; tries += 1) {
      const present = readContent(path);
      if (typeof present === 'object') return present;
      pause(5);
    }
    return null;
  }

  /** Most starts change nothing, and write nothing: the first write after a start waits for the disk. */
  function keepCopy(): void {
    const kept = queue.getState<unknown>(STATE_KEY);
    if (JSON.stringify(kept) !== JSON.stringify(content)) queue.setState(STATE_KEY, content);
  }

  /** Applies a change to what the file holds now, which another process may have changed. */
  function change(edit: (now: Content) => Content): void {
    const present = readContent(path);
    content = edit(typeof present === 'object' ? present : content);
    try {
      replaceFile(path, serialize(content));
    } catch (error) {
      warn('identity_unwritable', `${path} cannot be written: ${reasonOf(error)}`);
    }
    keepCopy();
    watched.markRead();
  }

  function refresh(): void {
    if (!watched.changed()) return;
    watched.markRead();
    const present = readContent(path);
    if (typeof present !== 'object') return;
    const changed = present.user_id !== content.user_id;
    content = present;
    if (changed) onChange();
  }

  return {
    get userId() {
      return content.user_id;
    },
    get toErase() {
      return content.to_erase;
    },
    renew() {
      const old = content.user_id;
      change(({ to_erase }) => ({
        user_id: crypto.randomUUID(),
        to_erase: [...to_erase.filter((id) => id !== old), old],
      }));
      return old;
    },
    erased(userId) {
      change((now) => ({ ...now, to_erase: now.to_erase.filter((id) => id !== userId) }));
    },
    refresh,
    problems: () => [...problems],
    close: () => watched.close(),
  };
}

function readContent(path: string): Content | 'absent' | 'damaged' {
  try {
    return checkContent(JSON.parse(readFileSync(path, 'utf8'))) ?? 'damaged';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'absent' : 'damaged';
  }
}

function checkContent(content: unknown): Content | null {
  if (typeof content !== 'object' || content === null) return null;
  const { user_id, to_erase } = content as Partial<Content>;
  if (!isUuid(user_id)) return null;
  return { user_id, to_erase: Array.isArray(to_erase) ? to_erase.filter(isUuid) : [] };
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function serialize(content: Content): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
