import type { Statement } from '@semel/idempotency';

/** `discarded`: it was set aside, and an operator decided that it shall never be sent. */
export type EventState = 'waiting' | 'set-aside' | 'published' | 'discarded';

export interface ListedEvent {
  /** bigint as text */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly state: EventState;
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
  readonly setAsideAt: Date | null;
  readonly reason: string | null;
  readonly error: string | null;
  readonly discardedBy: string | null;
  /** The event that this one repeats on request. */
  readonly replayOf: string | null;
}

export interface EventQuery {
  readonly state?: EventState | undefined;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly reason?: string | undefined;
  /** Events before this id; the last one of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const stateOf = `
  CASE WHEN set_aside_at IS NOT NULL AND published_at IS NOT NULL THEN 'discarded'
       WHEN set_aside_at IS NOT NULL THEN 'set-aside'
       WHEN published_at IS NOT NULL THEN 'published'
       ELSE 'waiting' END`;

/** Written out for each state, so that the partial indexes of the waiting and the set-aside rows fit. */
const conditionOf: Readonly<Record<EventState, string>> = {
  waiting: 'published_at IS NULL AND set_aside_at IS NULL',
  'set-aside': 'set_aside_at IS NOT NULL AND published_at IS NULL',
  published: 'published_at IS NOT NULL AND set_aside_at IS NULL',
  discarded: 'published_at IS NOT NULL AND set_aside_at IS NOT NULL',
};

/** A page of events, newest first. */
export function listEvents(query: EventQuery): Statement<ListedEvent> {
  const ofState = query.state === undefined ? '' : `AND ${conditionOf[query.state]}`;
  return {
    text: `
      SELECT id, topic, key, headers ->> 'ce_type' AS type, ${stateOf} AS state,
             created_at AS "createdAt", published_at AS "publishedAt", set_aside_at AS "setAsideAt",
             set_aside_reason AS reason, set_aside_error AS error, discarded_by AS "discardedBy",
             replay_of AS "replayOf"
      FROM outbox
      WHERE ($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR key = $2)
        AND ($3::text IS NULL OR set_aside_reason = $3)
        AND ($4::bigint IS NULL OR id < $4) ${ofState}
      ORDER BY id DESC
      LIMIT $5`,
    values: [query.topic ?? null, query.key ?? null, query.reason ?? null, query.before ?? null, query.limit],
  };
}
