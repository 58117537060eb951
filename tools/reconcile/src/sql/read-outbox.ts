import { PURCHASES } from '@semel/contracts';
import type { Statement } from './statement.js';

export interface UnsentEvent {
  readonly key: string;
  readonly type: string;
  readonly setAside: string | null;
}

/** Events of these keys that no broker has acknowledged yet. */
export function readUnsent(keys: readonly string[]): Statement<UnsentEvent> {
  return {
    text: `
      SELECT key, headers->>'ce_type' AS type, set_aside_reason AS "setAside" FROM outbox
      WHERE published_at IS NULL AND key = ANY ($1::text[])`,
    values: [keys],
  };
}

/** How many wait, and how many were set aside for which reason. */
export function countUnsent(): Statement<{ readonly reason: string | null; readonly count: number }> {
  return {
    text: `
      SELECT set_aside_reason AS reason, count(*)::int AS count FROM outbox
      WHERE published_at IS NULL GROUP BY 1 ORDER BY 1 NULLS FIRST`,
  };
}

/** Purchases in Order's outbox whose order isn't there: both were written by one commit. */
export function findOrphans(limit: number): Statement<{ readonly key: string; readonly type: string }> {
  return {
    text: `
      SELECT key, headers->>'ce_type' AS type FROM outbox
      WHERE topic = $2 AND NOT EXISTS (SELECT FROM orders WHERE orders.id::text = outbox.key) ORDER BY id LIMIT $1`,
    values: [limit, PURCHASES],
  };
}
