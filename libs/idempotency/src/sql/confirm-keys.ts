import type { Statement } from '../statement.js';
import { givenRows } from './given-rows.js';

export interface ConfirmedKey {
  readonly scope: string;
  readonly key: string;
  readonly expires_at: Date;
}

/**
 * Which of the keys are still there and alive, without their answers: for a process that remembers those. One statement
 * by itself, no lock: a finished answer never changes. LATERAL with LIMIT: see lookUpKeys.
 */
export function confirmKeys(
  keys: readonly { readonly scope: string; readonly key: string }[],
): Statement<ConfirmedKey> {
  const { table, values, suffix } = givenRows([
    ['text', keys.map(({ scope }) => scope)],
    ['text', keys.map(({ key }) => key)],
  ]);
  return {
    name: `semel-confirm-keys${suffix}`,
    text: `
      SELECT known.*
      FROM ${table} AS wanted (scope, key)
      CROSS JOIN LATERAL (
        SELECT scope, key, expires_at
        FROM idempotency_key
        WHERE idempotency_key.scope = wanted.scope AND idempotency_key.key = wanted.key
          AND expires_at > statement_timestamp()
        LIMIT 1
      ) AS known`,
    values,
  };
}
