import type { Statement } from '@semel/idempotency';

/** Why an event was set aside: it stays in the table, and so do the later events of its topic and key. */
export type SetAsideReason =
  | 'message-too-large'
  | 'unknown-topic'
  | 'invalid-topic'
  | 'topic-forbidden'
  | 'refused';

export function setAside(
  ids: readonly string[],
  reason: SetAsideReason,
  error: string,
): Statement<{ id: string }> {
  return {
    text: `
      UPDATE outbox SET set_aside_at = clock_timestamp(), set_aside_reason = $2, set_aside_error = $3
      WHERE id = ANY ($1::bigint[]) AND published_at IS NULL AND set_aside_at IS NULL
      RETURNING id`,
    values: [ids, reason, error.slice(0, 1000)],
  };
}
