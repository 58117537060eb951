import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource } from '../connection.js';
import type { EngineOptions } from '../engine/attempt.js';
import { needsNewTransaction } from '../engine/effect.js';
import { CommitInDoubtError, type OpenTransaction } from '../engine/open-transaction.js';
import { asError, IdempotencyUnavailableError } from '../errors.js';
import type { Answer, Operation, StoredAnswer } from '../operation.js';
import { completeLease } from '../sql/complete-lease.js';
import { readLease } from '../sql/read-lease.js';
import { forgetSteps } from '../sql/steps.js';
import { sqlstate, sqlstateOf } from '../sqlstate.js';
import { bounded, inBoundedTransaction } from './bounded-transaction.js';
import type { Lease } from './lease.js';

/** Between two tries, milliseconds. */
const retryInterval = 50;

/**
 * Stores the answer and ends the operation, while the lease is held: a failing database is asked again for as long.
 *
 * @param finishing the transaction with the handler's last writes: it commits with the answer, and only once
 * @throws LeaseLostError when the operation is somebody else's; nothing was stored
 */
export async function completeOperation(
  connections: ConnectionSource,
  operation: Operation,
  lease: Lease,
  answer: Answer,
  finishing: OpenTransaction | undefined,
  options: EngineOptions,
): Promise<StoredAnswer> {
  const row = options.vault.put(operation, answer);
  const retention = operation.retention ?? options.retention;
  const complete = async (transaction: OpenTransaction): Promise<StoredAnswer> => {
    const [done] = await transaction.query(completeLease(lease, row, retention));
    if (!done) throw lease.lose('its lease ran out and somebody else may have it');
    await transaction.commit(forgetSteps(lease.operationId));
    transaction.runHooks();
    return { ...answer, expiresAt: done.expires_at };
  };
  let inDoubt = false;
  for (let first = true; ; first = false) {
    lease.check();
    const timeout = Math.min(options.operationTimeout, Math.max(1, lease.left));
    try {
      if (first && finishing) return await bounded(finishing, timeout, () => complete(finishing));
      return await inBoundedTransaction(connections, timeout, async (transaction) => {
        await transaction.open([]);
        const stored = inDoubt ? await storedBefore(transaction, lease, answer) : undefined;
        if (!stored && finishing) throw new LastWritesLostError();
        if (!stored) return complete(transaction);
        await transaction.rollback();
        return stored;
      });
    } catch (thrown) {
      const error = asError(thrown);
      if (error instanceof CommitInDoubtError) inDoubt = true;
      // In doubt the row may be locked by the lost connection's transaction for longer than a statement may wait.
      const waiting = inDoubt && sqlstateOf(error) === sqlstate.lockNotAvailable;
      const troubled =
        (error instanceof IdempotencyUnavailableError && !(error instanceof LastWritesLostError)) ||
        needsNewTransaction(error) ||
        waiting;
      // Outside of doubt the handler's last writes are gone with their transaction: only the handler can do them again.
      const again = error instanceof CommitInDoubtError || (troubled && (inDoubt || !finishing));
      if (!again || lease.signal.aborted) throw error;
      await lease.race(pause(retryInterval));
    }
  }
}

/** Waits until the lost connection's transaction is over, and tells whether it had stored the answer. */
async function storedBefore(
  transaction: OpenTransaction,
  lease: Lease,
  answer: Answer,
): Promise<StoredAnswer | undefined> {
  const [row] = await transaction.query(readLease(lease));
  if (row?.fence !== lease.fence) throw lease.lose('somebody else took it over');
  return row.status === 'Processed' ? { ...answer, expiresAt: row.expires_at } : undefined;
}

/** The last writes were rolled back with a lost connection: the handler has to be asked again for them. */
class LastWritesLostError extends IdempotencyUnavailableError {
  constructor() {
    super('The last writes of the operation were rolled back with a lost connection.');
  }
}
