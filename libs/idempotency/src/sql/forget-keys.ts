import type { Statement } from '../statement.js';

/**
 * Removes those of the given keys that stand for nothing any more, so that they can be used again: their life is over,
 * or their lease is and the operation was never finished. The caller holds their locks; a lease that was extended in
 * the meantime keeps its row.
 */
export function forgetKeys(keys: readonly { readonly scope: string; readonly key: string }[]): Statement {
  return {
    text: `
      DELETE FROM idempotency_key AS known
      USING unnest($1::text[], $2::text[]) AS wanted (scope, key)
      WHERE known.scope = wanted.scope AND known.key = wanted.key
        AND (known.expires_at <= statement_timestamp() OR known.status = 'Received')
        AND coalesce(known.leased_until <= statement_timestamp(), true)`,
    values: [keys.map(({ scope }) => scope), keys.map(({ key }) => key)],
  };
}
