import type { AnswerRow } from '../engine/vault.js';
import type { Statement } from '../statement.js';
import type { Held } from './hold-lease.js';

/**
 * Stores the answer, if the lease is still its owner's. No row: it is not, and the transaction has to be rolled back.
 *
 * @param retention seconds that the answer is kept
 */
export function completeLease(
  { scope, key, fence }: Held,
  answer: AnswerRow,
  retention: number,
): Statement<{ readonly expires_at: Date }> {
  return {
    name: 'semel-complete-lease',
    text: `
      UPDATE idempotency_key
      SET status = 'Processed', leased_until = NULL, processed_at = clock_timestamp(),
          expires_at = clock_timestamp() + make_interval(secs => $4::float8),
          response_status = $5, response_headers = $6, response_body = $7, response_seal = $8
      WHERE scope = $1 AND key = $2 AND fence = $3::bigint AND status = 'Received' AND leased_until > clock_timestamp()
      RETURNING expires_at`,
    values: [
      scope,
      key,
      fence,
      retention,
      answer.response_status,
      answer.response_headers,
      answer.response_body,
      answer.response_seal,
    ],
  };
}
