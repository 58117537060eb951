import type { Statement } from '@semel/idempotency';

/** Notes what was done to entries that this transaction has locked, and by whom. */
export function settleEntries(
  ids: readonly string[],
  act: 'replay' | 'discard',
  actor: string,
): Statement<never> {
  return {
    text: `
      WITH settled AS (
        UPDATE parking_entry SET state = CASE $2 WHEN 'replay' THEN 'replayed' ELSE 'discarded' END
        WHERE id = ANY ($1::uuid[])
        RETURNING id, position
      )
      INSERT INTO parking_act (entry, act, actor)
      SELECT id, $2, $3 FROM settled ORDER BY position`,
    values: [ids, act, actor],
  };
}
