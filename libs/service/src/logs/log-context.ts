import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of a piece of work carries, such as `key`, `orderId`, `topic`. */
export type LogMembers = Record<string, string | number | boolean | null | undefined>;

const storage = new AsyncLocalStorage<LogMembers>();

/**
 * Runs `work` so that its log lines carry `members` besides those of the work around it. `annotateLog` adds to this very object,
 * so whoever keeps it can log what became known on the way.
 */
export function withLogContext<Result>(members: LogMembers, work: () => Result): Result {
  const around = storage.getStore();
  return storage.run(
    around === undefined ? members : Object.assign(members, { ...around, ...members }),
    work,
  );
}

/** Adds members to the log lines of the current work from here on, its request log line included. */
export function annotateLog(members: LogMembers): void {
  const current = storage.getStore();
  if (current !== undefined) Object.assign(current, members);
}

/** The members of the current work; the live object, so that a later `annotateLog` shows in it. */
export function currentLogMembers(): LogMembers | undefined {
  return storage.getStore();
}
