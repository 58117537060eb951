import type { AnswerRow } from '../engine/vault.js';
import type { Statement } from '../statement.js';

export interface KnownKey extends AnswerRow {
  readonly scope: string;
  readonly key: string;
  readonly status: 'Received' | 'Processed';
  readonly fingerprint: string;
  readonly expires_at: Date;
  readonly expired: boolean;
}

/** The rows of the given keys, by a fresh snapshot. */
export function lookUpKeys(
  keys: readonly { readonly scope: string; readonly key: string }[],
): Statement<KnownKey> {
  return {
    name: 'semel-look-up-keys',
    text: `
      SELECT known.scope, known.key, known.status, known.fingerprint, known.expires_at,
             known.expires_at <= statement_timestamp() AS expired,
             known.response_seal, known.response_status, known.response_headers, known.response_body
      FROM unnest($1::text[], $2::text[]) AS wanted (scope, key)
      JOIN idempotency_key AS known ON known.scope = wanted.scope AND known.key = wanted.key`,
    values: [keys.map(({ scope }) => scope), keys.map(({ key }) => key)],
  };
}
