import type { Statement } from '@semel/idempotency';

export interface ReplayBounds {
  /** Published at or after this moment of the database's clock. */
  readonly since: Date;
  /** Published before this moment. */
  readonly until: Date;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  /** The last id of the portion before; '0' at first. */
  readonly after: string;
  /** Rows of a portion: it is one short transaction. */
  readonly limit: number;
}

export interface ReplayedPortion {
  readonly events: number;
  /** bigint as text; null where the portion is empty. */
  readonly last: string | null;
}

/**
 * Appends published events once more, with the bytes, headers and `ce_id` that they had. They are new rows on purpose: a
 * relay that slept through all this may still mark an old row as published, and with it what was to be sent again;
 * and rows at the end of the outbox keep no new event of another key waiting behind the whole past.
 * Copies are never copied, and neither is what was given up.
 */
export function replayPublished({
  since,
  until,
  topic,
  key,
  after,
  limit,
}: ReplayBounds): Statement<ReplayedPortion> {
  return {
    text: `
      WITH chosen AS (
        SELECT id, topic, key, bucket, headers, payload FROM outbox
        WHERE published_at >= $1 AND published_at < $2
          AND ($3::text IS NULL OR topic = $3) AND ($4::text IS NULL OR key = $4)
          AND replay_of IS NULL AND set_aside_at IS NULL
          AND id > $5::bigint
        ORDER BY id
        LIMIT $6
      ), again AS (
        INSERT INTO outbox (topic, key, bucket, headers, payload, replay_of)
        SELECT topic, key, bucket, headers, payload, id FROM chosen ORDER BY id
      )
      SELECT count(*)::int AS events, max(id) AS last FROM chosen`,
    values: [since, until, topic ?? null, key ?? null, after, limit],
  };
}
