import type { Statement } from '../statement.js';

/** Removes those of the given keys whose life is over, so that they can be used again. The caller holds their locks. */
export function forgetExpiredKeys(
  keys: readonly { readonly scope: string; readonly key: string }[],
): Statement {
  return {
    text: `
      DELETE FROM idempotency_key AS known
      USING unnest($1::text[], $2::text[]) AS wanted (scope, key)
      WHERE known.scope = wanted.scope AND known.key = wanted.key AND known.expires_at <= statement_timestamp()`,
    values: [keys.map(({ scope }) => scope), keys.map(({ key }) => key)],
  };
}
