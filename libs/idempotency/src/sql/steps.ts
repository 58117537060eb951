import type { Statement } from '../statement.js';

export interface RecordedStep {
  readonly name: string;
  readonly result: Buffer;
  /** Which key sealed it; null: it lies open. */
  readonly result_seal: string | null;
}

/** What an operation has done so far, by a snapshot that is newer than the lease: nobody adds to it any more. */
export function readSteps(operationId: string): Statement<RecordedStep> {
  return {
    name: 'semel-read-steps',
    text: 'SELECT name, result, result_seal FROM idempotency_step WHERE operation_id = $1::bigint',
    values: [operationId],
  };
}

/**
 * Records what a step answered. The caller's transaction holds the lease (holdLease), so a step that is there already
 * is its own, recorded by a commit whose acknowledgement was lost.
 */
export function recordStep(operationId: string, fence: string, step: RecordedStep): Statement {
  return {
    name: 'semel-record-step',
    text: `
      INSERT INTO idempotency_step (operation_id, name, fence, recorded_at, result, result_seal)
      VALUES ($1::bigint, $2, $3::bigint, clock_timestamp(), $4, $5)
      ON CONFLICT (operation_id, name) DO NOTHING`,
    values: [operationId, step.name, fence, step.result, step.result_seal],
  };
}

/** Of a finished operation: its answer says all. */
export function forgetSteps(operationId: string): Statement {
  return {
    name: 'semel-forget-steps',
    text: 'DELETE FROM idempotency_step WHERE operation_id = $1::bigint',
    values: [operationId],
  };
}
