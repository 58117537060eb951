import type { Answer, Operation } from '../operation.js';
import type { Statement } from '../statement.js';

export interface RecordedKey {
  readonly scope: string;
  readonly key: string;
  readonly expires_at: Date;
}

export interface AnswerToRecord {
  readonly operation: Operation;
  readonly answer: Answer;
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
                                   response_status, response_headers, response_body)
      SELECT done.scope, done.key, 'Processed', done.fingerprint, done.method, done.path, now(), clock_timestamp(),
             clock_timestamp() + make_interval(secs => done.retention),
             done.response_status, done.response_headers, done.response_body
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::int[], $8::text[],
                  $9::bytea[])
        AS done (scope, key, fingerprint, method, path, retention, response_status, response_headers, response_body)
      RETURNING scope, key, expires_at`,
    values: [
      records.map(({ operation }) => operation.scope),
      records.map(({ operation }) => operation.key),
      records.map(({ operation }) => operation.fingerprint),
      records.map(({ operation }) => operation.method ?? null),
      records.map(({ operation }) => operation.path ?? null),
      records.map(({ retention }) => retention),
      records.map(({ answer }) => answer.status),
      records.map(({ answer }) => (answer.headers ? JSON.stringify(answer.headers) : null)),
      records.map(({ answer }) => answer.body ?? null),
    ],
  };
}
