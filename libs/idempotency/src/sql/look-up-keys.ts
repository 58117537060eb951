import type { AnswerRow } from '../engine/vault.js';
import type { Statement } from '../statement.js';
import { givenRows } from './given-rows.js';

export interface KnownKey extends AnswerRow {
  readonly scope: string;
  readonly key: string;
  readonly status: 'Received' | 'Processed';
  readonly fingerprint: string;
  readonly expires_at: Date;
  /** When the transaction that stored it began, in seconds since 1970, exact to the microsecond. */
  readonly created: string;
  /** Its life is over, and nobody works on it under a lease. */
  readonly expired: boolean;
  /** Leased once, not finished, and the lease is over: whoever asks for the same may continue it. */
  readonly abandoned: boolean;
  /** Of a leased operation: who has or had it, and by which number. */
  readonly owner: string | null;
  readonly fence: string | null;
  readonly operation_id: string | null;
}

/**
 * The rows of the given keys, by a fresh snapshot.
 *
 * LATERAL with LIMIT leaves the planner nothing but one index probe a key: a plan that was made while the table was
 * empty, and is kept for the connection's life, would otherwise read all of it once it has grown.
 */
export function lookUpKeys(
  keys: readonly { readonly scope: string; readonly key: string }[],
): Statement<KnownKey> {
  const { table, values, suffix } = givenRows([
    ['text', keys.map(({ scope }) => scope)],
    ['text', keys.map(({ key }) => key)],
  ]);
  return {
    name: `semel-look-up-keys${suffix}`,
    text: `
      SELECT known.*
      FROM ${table} AS wanted (scope, key)
      CROSS JOIN LATERAL (
        SELECT scope, key, status, fingerprint, expires_at, extract(epoch FROM created_at)::text AS created,
               expires_at <= statement_timestamp() AND NOT leased AS expired,
               status = 'Received' AND NOT leased AS abandoned, owner, fence::text,
               operation_id::text, response_seal, response_status,
               response_headers, response_body
        FROM idempotency_key
        CROSS JOIN LATERAL (SELECT coalesce(leased_until > statement_timestamp(), false) AS leased) AS lease
        WHERE idempotency_key.scope = wanted.scope AND idempotency_key.key = wanted.key
        LIMIT 1
      ) AS known`,
    values,
  };
}
