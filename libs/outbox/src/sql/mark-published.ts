import type { Statement } from '@semel/idempotency';

/**
 * Notes the broker's acknowledgement. It needs no fence: whoever was acknowledged tells the truth, even when its lease
 * has gone to another relay meanwhile.
 */
export function markPublished(ids: readonly string[]): Statement<never> {
  return {
    name: 'outbox-mark-published',
    text: `UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY ($1::bigint[]) AND published_at IS NULL`,
    values: [ids],
  };
}
