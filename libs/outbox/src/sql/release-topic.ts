import type { Statement } from '@semel/idempotency';

/** Lets the events flow again that waited for this topic to exist. Their ids still give the order. */
export function releaseTopic(topic: string): Statement<{ id: string }> {
  return {
    text: `
      UPDATE outbox SET set_aside_at = NULL, set_aside_reason = NULL, set_aside_error = NULL
      WHERE topic = $1 AND set_aside_reason = 'unknown-topic'
        AND set_aside_at IS NOT NULL AND published_at IS NULL
      RETURNING id`,
    values: [topic],
  };
}
