import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource } from '../connection.js';
import type { EngineOptions } from '../engine/attempt.js';
import { survey } from '../engine/claim.js';
import { needsNewTransaction } from '../engine/effect.js';
import { CommitInDoubtError, type OpenTransaction } from '../engine/open-transaction.js';
import { asError, IdempotencyUnavailableError } from '../errors.js';
import { identityOf } from '../identity.js';
import type { Operation, Outcome } from '../operation.js';
import { forgetKeys } from '../sql/forget-keys.js';
import type { KnownKey } from '../sql/look-up-keys.js';
import { type RecordedStep, readSteps } from '../sql/steps.js';
import { type TakenLease, takeLease } from '../sql/take-lease.js';
import { takeOverLease } from '../sql/take-over-lease.js';
import { sqlstate, sqlstateOf } from '../sqlstate.js';
import { inBoundedTransaction } from './bounded-transaction.js';

/** A lease that was had, with what earlier owners did. */
export interface GrantedLease extends TakenLease {
  readonly kind: 'granted';
  readonly takenOver: boolean;
  readonly steps: readonly RecordedStep[];
  /** When it was asked for, by performance.now(). */
  readonly asked: number;
}

interface LeaseRequest {
  /** No other claim has the same: by it a claim knows its own row when the acknowledgement was lost. */
  readonly owner: string;
  /** Seconds. */
  readonly lease: number;
}

const attempts = 4;
/** After a lost acknowledgement, how long to ask for what became of the claim, and how often; milliseconds. */
const doubtWindow = 2_000;
const doubtInterval = 50;

/** After a lost acknowledgement: somebody (perhaps our own dying backend) still holds the key. */
class StillInDoubtError extends Error {}

/** Claims an operation's key in a transaction of its own: when it answers, the whole world can see who has the key. */
export async function claimLease(
  connections: ConnectionSource,
  operation: Operation,
  request: LeaseRequest,
  options: EngineOptions,
): Promise<GrantedLease | Outcome> {
  let doubtUntil: number | undefined;
  for (let failed = 1; ; failed += 1) {
    const inDoubt = doubtUntil !== undefined;
    try {
      return await inBoundedTransaction(connections, options.claimTimeout, (transaction) =>
        attempt(transaction, operation, request, options, inDoubt),
      );
    } catch (thrown) {
      const error = asError(thrown);
      if (error instanceof CommitInDoubtError) doubtUntil ??= performance.now() + doubtWindow;
      if (doubtUntil === undefined) {
        if (failed >= attempts || !isWorthAnotherAttempt(error)) return { kind: 'failed', error };
        await pause(Math.random() * 10 * failed);
      } else {
        if (performance.now() >= doubtUntil) return { kind: 'failed', error: unknownClaim(error) };
        await pause(doubtInterval);
      }
    }
  }
}

async function attempt(
  transaction: OpenTransaction,
  operation: Operation,
  request: LeaseRequest,
  options: EngineOptions,
  inDoubt: boolean,
): Promise<GrantedLease | Outcome> {
  const asked = performance.now();
  const { granted, decided, over, known } = await survey(transaction, [operation], options.vault);
  const [row] = known;
  if (granted.length === 0) {
    if (inDoubt && row?.owner === request.owner && row.status === 'Received') {
      return resume(transaction, row, asked);
    }
    await transaction.rollback();
    const outcome = decided.get(operation) ?? { kind: 'in-flight' };
    const free = !row || row.expired || row.abandoned;
    if (inDoubt && outcome.kind === 'in-flight' && free) throw new StillInDoubtError();
    return outcome;
  }
  const retention = operation.retention ?? options.retention;
  const [old] = over;
  if (old?.abandoned && !old.expired) {
    const [taken] = await transaction.query(
      takeOverLease(operation, request.owner, request.lease, retention),
    );
    if (!taken) {
      await transaction.rollback();
      return { kind: 'in-flight' };
    }
    const steps = await transaction.commit(readSteps(taken.operation_id));
    return { kind: 'granted', takenOver: true, steps, asked, ...taken };
  }
  if (old) await transaction.claimMore([forgetKeys(over)]);
  const [taken] = await transaction.commit(takeLease(operation, request.owner, request.lease, retention));
  if (!taken)
    throw new Error(`No row was stored for ${identityOf(operation)}. This is a defect: please report it.`);
  return { kind: 'granted', takenOver: false, steps: [], asked, ...taken };
}

/** The claim whose acknowledgement was lost had been carried out. */
async function resume(transaction: OpenTransaction, row: KnownKey, asked: number): Promise<GrantedLease> {
  const { fence, operation_id } = row;
  if (fence === null || operation_id === null) throw new StillInDoubtError();
  const steps = await transaction.commit(readSteps(operation_id));
  return { kind: 'granted', takenOver: fence !== operation_id, steps, asked, fence, operation_id };
}

function isWorthAnotherAttempt(error: Error): boolean {
  if (error instanceof IdempotencyUnavailableError) return false;
  // A unique violation: somebody without our lock stored the same key, and the next look sees it.
  return needsNewTransaction(error) || sqlstateOf(error) === sqlstate.uniqueViolation;
}

function unknownClaim(cause: Error): IdempotencyUnavailableError {
  return new IdempotencyUnavailableError('It is not known yet whether the operation was claimed.', { cause });
}
