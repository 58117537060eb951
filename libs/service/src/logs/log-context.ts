import { type Context, context, createContextKey } from '@opentelemetry/api';

/** What every log line of a piece of work carries, such as `key`, `orderId`, `topic`. */
export type LogMembers = Record<string, string | number | boolean | null | undefined>;

// In the trace's context rather than in a storage of its own: until Node 24, each costs something for every promise.
const MEMBERS = createContextKey('semel log members');

/**
 * Runs `work` so that its log lines carry `members` besides those of the work around it. `annotateLog` adds to this very object,
 * so whoever keeps it can log what became known on the way.
 */
export function withLogContext<Result>(
  members: LogMembers,
  work: () => Result,
  within: Context = context.active(),
): Result {
  const around = currentLogMembers(within);
  if (around !== undefined) Object.assign(members, { ...around, ...members });
  return context.with(within.setValue(MEMBERS, members), work);
}

/** Adds members to the log lines of the current work from here on, its request log line included. */
export function annotateLog(members: LogMembers): void {
  const current = currentLogMembers();
  if (current !== undefined) Object.assign(current, members);
}

/** The members of the current work; the live object, so that a later `annotateLog` shows in it. */
export function currentLogMembers(within: Context = context.active()): LogMembers | undefined {
  // Nobody else has the key.
  return within.getValue(MEMBERS) as LogMembers | undefined;
}
