/** Loads what a user's requests to the server need when there is one: most runs of an app see none. */
import type { ErasedCounts, UserData } from './transport.ts';
import type { UserDataOptions, UserDataRequests } from './user-data.ts';

export interface LazyUserData {
  /** Null where the server could not be reached. Never rejects. */
  export(userId: string): Promise<UserData | null>;
  /** Tries all erasures that wait, now. The counts of the last one; null where one did not get through. Never rejects. */
  erase(): Promise<ErasedCounts | null>;
  /** Goes on with erasures that wait, where the last failure is long enough ago. */
  retryErasures(): void;
  close(): void;
}

export function createLazyUserData(options: UserDataOptions): LazyUserData {
  let loading: Promise<UserDataRequests | null> | undefined;
  const load = (): Promise<UserDataRequests | null> =>
    (loading ??= import('./user-data.ts').then(
      (module) => new module.UserDataRequests(options),
      () => null, // a bundler left it out: as if the server could not be reached
    ));
  return {
    export: async (userId) => (await load())?.export(userId) ?? null,
    erase: async () => (await load())?.erase() ?? null,
    retryErasures() {
      if (options.toErase().length > 0) void load().then((requests) => requests?.retryErasures());
    },
    close: () => void loading?.then((requests) => requests?.close()),
  };
}
