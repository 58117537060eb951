import type { AnswerRow } from '../engine/vault.js';
import type { Operation } from '../operation.js';
import type { Statement } from '../statement.js';

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
  return {
    name: 'semel-record-answers',
    text: `
      INSERT INTO idempotency_key (scope, key, status, fingerprint, method, path, created_at, processed_at, expires_at,
                                   response_status, response_headers, response_body, response_seal)
      SELECT done.scope, done.key, 'Processed', done.fingerprint, done.method, done.path, now(), clock_timestamp(),
             clock_timestamp() + make_interval(secs => done.retention),
             done.response_status, done.response_headers, done.response_body, done.response_seal
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::int[], $8::text[],
                  $9::bytea[], $10::text[])
        AS done (scope, key, fingerprint, method, path, retention, response_status, response_headers, response_body,
                 response_seal)
      RETURNING scope, key, expires_at`,
    values: [
      records.map(({ operation }) => operation.scope),
      records.map(({ operation }) => operation.key),
      records.map(({ operation }) => operation.fingerprint),
      records.map(({ operation }) => operation.method ?? null),
      records.map(({ operation }) => operation.path ?? null),
      records.map(({ retention }) => retention),
      records.map(({ row }) => row.response_status),
      records.map(({ row }) => row.response_headers),
      records.map(({ row }) => row.response_body),
      records.map(({ row }) => row.response_seal),
    ],
  };
}
