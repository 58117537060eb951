import type { AnswerRow } from '../engine/vault.js';
import type { Operation } from '../operation.js';
import type { Statement } from '../statement.js';
import { givenRows } from './given-rows.js';

export interface RecordedKey {
  readonly scope: string;
  readonly key: string;
  readonly expires_at: Date;
}

export interface AnswerToRecord {
  readonly operation: Operation;
  readonly row: AnswerRow;
  /** Seconds. */
  readonly retention: number;
}

/**
 * One row a key, Processed, with its answer. No ON CONFLICT: should somebody have got past the lock, the unique index
 * fails the whole transaction (23505) before anything of it can be seen.
 */
export function recordAnswers(records: readonly AnswerToRecord[]): Statement<RecordedKey> {
  const { table, values, suffix } = givenRows([
    ['text', records.map(({ operation }) => operation.scope)],
    ['text', records.map(({ operation }) => operation.key)],
    ['text', records.map(({ operation }) => operation.fingerprint)],
    ['text', records.map(({ operation }) => operation.method ?? null)],
    ['text', records.map(({ operation }) => operation.path ?? null)],
    ['float8', records.map(({ retention }) => retention)],
    ['int', records.map(({ row }) => row.response_status)],
    ['text', records.map(({ row }) => row.response_headers)],
    ['bytea', records.map(({ row }) => row.response_body)],
    ['text', records.map(({ row }) => row.response_seal)],
  ]);
  return {
    name: `semel-record-answers${suffix}`,
    text: `
      INSERT INTO idempotency_key (scope, key, status, fingerprint, method, path, created_at, processed_at, expires_at,
                                   response_status, response_headers, response_body, response_seal)
      SELECT done.scope, done.key, 'Processed', done.fingerprint, done.method, done.path, now(), clock_timestamp(),
             clock_timestamp() + make_interval(secs => done.retention),
             done.response_status, done.response_headers, done.response_body, done.response_seal
      FROM ${table}
        AS done (scope, key, fingerprint, method, path, retention, response_status, response_headers, response_body,
                 response_seal)
      RETURNING scope, key, expires_at`,
    values,
  };
}
