import type { Statement, Transaction } from '@semel/idempotency';
import { replayHeader } from '@semel/kafka';
import { appendRecords, type OutgoingRecord } from '@semel/outbox';
import { findEntry } from '../sql/find-entry.js';
import { type GivenUp, giveUpMessages } from '../sql/give-up-messages.js';
import { lastPosition } from '../sql/last-position.js';
import { type EntriesToLock, type LockedEntryRow, lockEntries } from '../sql/lock-entries.js';
import { settleEntries } from '../sql/settle-entries.js';

/** What an operator may do to a parked message. */
export type Act = 'replay' | 'discard';

/** Which messages an act is about; what is left out is any. */
export type Selection = Pick<EntriesToLock, 'id' | 'topic' | 'key' | 'reason' | 'since'>;

/** How far a selection of many has been worked through: what was parked after it began is not part of it. */
export interface Progress {
  readonly after: string;
  readonly upTo: string;
}

export interface Acted {
  readonly changed: number;
  /** Undefined where nothing more fits. */
  readonly next: Progress | undefined;
}

/** How statements are run: an operation's transaction, or any other. */
export type Run = Pick<Transaction, 'query'>;

/**
 * Replays or discards, and records it: all in the transaction given. A replay is a row of the outbox: the message goes to its topic
 * again if, and only if, the act is on record, in the order of the parking lot for each key, through the same door as at first.
 * @param rows how many at most
 */
export async function act(
  transaction: Run,
  kind: Act,
  selection: Selection,
  {
    actor,
    rows,
    progress,
  }: { readonly actor: string; readonly rows: number; readonly progress?: Progress | undefined },
): Promise<Acted> {
  const { after, upTo } = progress ?? { after: '0', upTo: await newest(transaction) };
  const onlyReplayable = kind === 'replay';
  const entries = await transaction.query(lockEntries({ ...selection, onlyReplayable, after, upTo, rows }));
  const last = entries.at(-1);
  if (last === undefined) return { changed: 0, next: undefined };
  for (const statement of statementsOf(kind, entries, actor)) await transaction.query(statement);
  return {
    changed: entries.length,
    next: entries.length < rows ? undefined : { after: last.position, upTo },
  };
}

/**
 * - `done`: now, by this act
 * - `done-before`: the same was done before, and nothing more happens
 * - `settled`: the other act was done before
 */
export type OutcomeOfOne = 'done' | 'done-before' | 'settled' | 'not-replayable' | 'unknown';

/** Replays or discards one message, as {@link act} does many. */
export async function actOnOne(
  transaction: Run,
  kind: Act,
  id: string,
  actor: string,
): Promise<OutcomeOfOne> {
  const { changed } = await act(transaction, kind, { id }, { actor, rows: 1 });
  if (changed > 0) return 'done';
  const [entry] = await transaction.query(findEntry(id));
  if (entry === undefined) return 'unknown';
  if (entry.state === 'parked') return 'not-replayable';
  return (entry.state === 'replayed') === (kind === 'replay') ? 'done-before' : 'settled';
}

async function newest(transaction: Run): Promise<string> {
  const [row] = await transaction.query(lastPosition());
  return row?.position ?? '0';
}

function statementsOf(kind: Act, entries: readonly LockedEntryRow[], actor: string): Statement<never>[] {
  const ids = entries.map(({ id }) => id);
  const settle = settleEntries(ids, kind, actor);
  if (kind === 'replay') return [appendRecords(entries.flatMap(recordOf)), settle];
  return [giveUpMessages(entries.flatMap(givenUp)), settle];
}

/** Nothing waits behind a message whose key can't be read, so there is nothing to be freed. */
function givenUp({ topic, key, origin_partition, origin_offset }: LockedEntryRow): GivenUp[] {
  if (key === null || key.includes(0) || origin_partition === null || origin_offset === null) return [];
  return [{ topic, key: key.toString('utf8'), partition: origin_partition, offset: origin_offset }];
}

/** The message as it was sent, and from where: so that a consumer that parks keys whole knows its place. */
function recordOf(entry: LockedEntryRow): OutgoingRecord[] {
  const { topic, key, value, headers, origin_partition: partition, origin_offset: offset } = entry;
  if (key === null || value === null) return [];
  const from = partition === null || offset === null ? {} : { [replayHeader]: `${partition}:${offset}` };
  return [{ topic, key: key.toString('utf8'), headers: { ...headers, ...from }, payload: value }];
}
