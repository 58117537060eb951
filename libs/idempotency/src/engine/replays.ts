import type { ConnectionSource } from '../connection.js';
import { asError } from '../errors.js';
import { sameRequest } from '../fingerprint.js';
import { identityOf } from '../identity.js';
import type { Operation, Outcome, StoredAnswer } from '../operation.js';
import { confirmKeys } from '../sql/confirm-keys.js';
import { type Deferred, deferred } from './deferred.js';
import { RememberedAnswers } from './remembered-answers.js';

/** Keys that one statement confirms. */
const batch = 256;

interface Asked {
  readonly operation: Operation;
  readonly confirmed: Deferred<Date | undefined>;
}

/**
 * Replays without a transaction: answers that this process remembers, each confirmed by the table at the moment of the
 * replay, many in one statement. A key that expired, or that an operator deleted, is therefore not replayed from the
 * next request on, in every process.
 */
export class Replays {
  private readonly remembered: RememberedAnswers;
  private asked: Asked[] = [];
  private asking = false;

  constructor(
    private readonly connections: ConnectionSource,
    bytes: number,
  ) {
    this.remembered = new RememberedAnswers(bytes);
  }

  /** Whether it is worth asking. Messages of an exclusion keep their order by their lock alone. */
  mayKnow(operation: Operation): boolean {
    return operation.exclusion === undefined && this.remembered.find(operation) !== undefined;
  }

  keep(operation: Operation, answer: StoredAnswer): void {
    if (operation.exclusion === undefined) this.remembered.keep(operation, answer);
  }

  /** @returns undefined where only a claim can tell */
  async find(operation: Operation): Promise<Outcome | undefined> {
    const known = this.remembered.find(operation);
    if (!known) return undefined;
    const { answer, fingerprint } = known;
    const confirmed = deferred<Date | undefined>();
    this.asked.push({ operation, confirmed });
    void this.ask();
    const expiresAt = await confirmed.promise;
    // Another life of the key, after it was deleted, ends at another moment.
    if (expiresAt?.getTime() !== answer.expiresAt.getTime()) {
      this.remembered.forget(identityOf(operation));
      return undefined;
    }
    return sameRequest(fingerprint, operation.fingerprint)
      ? { kind: 'replayed', answer }
      : { kind: 'mismatched' };
  }

  /** One statement at a time; what is asked meanwhile shares the next one. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    // Requests that arrived together are asked for together.
    await Promise.resolve();
    while (this.asked.length > 0) await this.confirm(this.asked.splice(0, batch));
    this.asking = false;
  }

  private async confirm(asked: readonly Asked[]): Promise<void> {
    let expiries = new Map<string, Date>();
    try {
      const connection = await this.connections.connect();
      try {
        const { rows } = await connection.run(confirmKeys(asked.map(({ operation }) => operation)));
        connection.release();
        expiries = new Map(rows.map((row) => [identityOf(row), row.expires_at]));
      } catch (error) {
        connection.release(asError(error));
        throw error;
      }
    } catch {
      // A fail-over may have lost what was acknowledged; the claims that follow tell what is wrong with the database.
      this.remembered.clear();
    }
    for (const { operation, confirmed } of asked) confirmed.resolve(expiries.get(identityOf(operation)));
  }
}
