import type { Statement } from '@semel/idempotency';
import type { StoredHeaders } from '@semel/outbox';

/** An entry that is parked and locked: nobody else acts on it until this transaction ends. */
export interface LockedEntryRow {
  readonly id: string;
  /** bigint, as text */
  readonly position: string;
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: StoredHeaders;
  readonly origin_partition: number | null;
  /** bigint, as text */
  readonly origin_offset: string | null;
  readonly replayable: boolean;
}

export interface EntriesToLock {
  readonly id?: string | undefined;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly reason?: string | undefined;
  readonly since?: Date | undefined;
  /** Leave out what no replay can help. */
  readonly onlyReplayable: boolean;
  /** After this position, up to and with that one. */
  readonly after: string;
  readonly upTo: string;
  readonly rows: number;
}

/**
 * Locks what is parked and fits, oldest first: the order of the parking lot. Of two operators the later one waits here, and then
 * finds what the first one left.
 */
export function lockEntries(wanted: EntriesToLock): Statement<LockedEntryRow> {
  return {
    text: `
      SELECT id, position, topic, key, value, headers, origin_partition, origin_offset, replayable
      FROM parking_entry
      WHERE state = 'parked' AND (replayable OR NOT $1::boolean)
        AND ($2::uuid IS NULL OR id = $2) AND ($3::text IS NULL OR topic = $3)
        AND ($4::bytea IS NULL OR key = $4) AND ($5::text IS NULL OR reason = $5)
        AND ($6::timestamptz IS NULL OR parked_at >= $6)
        AND position > $7::bigint AND position <= $8::bigint
      ORDER BY position
      LIMIT $9
      FOR NO KEY UPDATE`,
    values: [
      wanted.onlyReplayable,
      wanted.id ?? null,
      wanted.topic ?? null,
      wanted.key === undefined ? null : Buffer.from(wanted.key),
      wanted.reason ?? null,
      wanted.since ?? null,
      wanted.after,
      wanted.upTo,
      wanted.rows,
    ],
  };
}
