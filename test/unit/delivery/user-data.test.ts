import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { UserDataRequests } from '../../../lib/delivery/user-data.ts';

const MINUTE = 60_000;
const nothing = { events: 0, crashes: 0 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function start(waiting: string[], eraseUser: (userId: string) => Promise<typeof nothing>) {
  const state = new Map<string, unknown>();
  const asked: string[] = [];
  const requests = new UserDataRequests({
    transport: {
      eraseUser(userId) {
        asked.push(userId);
        return eraseUser(userId);
      },
    },
    queue: {
      getState: <T>(key: string) => (state.get(key) ?? null) as T | null,
      setState: (key, value) => void state.set(key, value),
    },
    toErase: () => [...waiting],
    onErased: (userId) => void waiting.splice(waiting.indexOf(userId), 1),
    warn: () => {},
  });
  onTestFinished(() => requests.close());
  return { requests, asked, waiting };
}

test('erasures go oldest first, and the last one is told', async () => {
  const { requests, asked, waiting } = start(['old', 'older'], (userId) =>
    Promise.resolve({ events: userId.length, crashes: 0 }),
  );
  expect(await requests.erase()).toEqual({ events: 5, crashes: 0 });
  expect(asked).toEqual(['old', 'older']);
  expect(waiting).toEqual([]);
});

test('an erasure that fails is tried again with growing waits, until it is done', async () => {
  let failing = true;
  const { requests, asked, waiting } = start(['me'], () =>
    failing ? Promise.reject(new Error('offline')) : Promise.resolve(nothing),
  );
  expect(await requests.erase()).toBeNull();
  requests.retryErasures();
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toHaveLength(3);
  failing = false;
  await vi.advanceTimersByTimeAsync(15 * MINUTE);
  expect(waiting).toEqual([]);
  const tries = asked.length;
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(asked).toHaveLength(tries);
});

test('nothing is asked while nothing waits, or after close', async () => {
  const { requests, asked } = start([], () => Promise.resolve(nothing));
  requests.retryErasures();
  expect(await requests.erase()).toBeNull();
  expect(asked).toEqual([]);
  const other = start(['me'], () => Promise.reject(new Error('offline')));
  await other.requests.erase();
  other.requests.close();
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(other.asked).toHaveLength(1);
});

test('where nobody can be asked an export is without the server', async () => {
  const { requests } = start([], () => Promise.resolve(nothing));
  expect(await requests.export('me')).toBeNull();
});
