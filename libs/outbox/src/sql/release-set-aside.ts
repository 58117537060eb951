import type { Statement } from '@semel/idempotency';

/** Which of the events that were set aside; what is left out is any. */
export interface SetAsideSelection {
  readonly id?: string | undefined;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly reason?: string | undefined;
}

export interface ChangedEvent {
  /** bigint as text */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
}

/** Lets events go on that were set aside, and with them what waits behind them. Their ids still give the order. */
export function releaseSetAside(selection: SetAsideSelection): Statement<ChangedEvent> {
  return {
    text: `
      UPDATE outbox SET set_aside_at = NULL, set_aside_reason = NULL, set_aside_error = NULL
      WHERE ${selected}
      RETURNING id, topic, key`,
    values: valuesOf(selection),
  };
}

/** For a statement whose first four values are those of {@link valuesOf}. */
export const selected = `set_aside_at IS NOT NULL AND published_at IS NULL
        AND ($1::bigint IS NULL OR id = $1) AND ($2::text IS NULL OR topic = $2)
        AND ($3::text IS NULL OR key = $3) AND ($4::text IS NULL OR set_aside_reason = $4)`;

export function valuesOf({ id, topic, key, reason }: SetAsideSelection): unknown[] {
  return [id ?? null, topic ?? null, key ?? null, reason ?? null];
}
