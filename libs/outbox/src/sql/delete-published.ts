import type { Statement } from '@semel/idempotency';

/** A small batch of rows whose acknowledgement is older than `milliseconds`. Autocommitted; it waits for nobody. */
export function deletePublished(milliseconds: number, limit: number): Statement<{ id: string }> {
  return {
    name: 'outbox-delete-published',
    text: `
      DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox
        WHERE published_at < clock_timestamp() - $1 * interval '1 millisecond'
        ORDER BY published_at
        LIMIT $2
        FOR UPDATE SKIP LOCKED)
      RETURNING id`,
    values: [milliseconds, limit],
  };
}
