import type { ConnectionSource } from '../connection.js';
import { IdempotencyUnavailableError, OperationDeadlineError } from '../errors.js';
import { identityOf } from '../identity.js';
import type { Answer, EffectResult, Operation, Outcome } from '../operation.js';
import { recordAnswers } from '../sql/record-answers.js';
import { type Claim, claim } from './claim.js';
import { connectWithin } from './connect-within.js';
import { Deadline } from './deadline.js';
import { type Effect, runEffect } from './effect.js';
import type { Flights } from './flights.js';
import type { EngineObserver } from './observer.js';
import { CommitInDoubtError, OpenTransaction } from './open-transaction.js';
import type { Vault } from './vault.js';

export interface EngineOptions {
  /** How long an answer is kept, in seconds. */
  readonly retention: number;
  /** How long a claim may take, in milliseconds, waiting for a connection included. */
  readonly claimTimeout: number;
  /** How long an operation may take from its claim to its commit, in milliseconds. */
  readonly operationTimeout: number;
  readonly observer: EngineObserver;
  /** How answers lie in the table. */
  readonly vault: Vault;
  /** Memory for answers that are replayed without a transaction; 0 for none. */
  readonly rememberedBytes: number;
}

/** Hears what became of an operation as soon as it is known: replays and refusals right after the claim. */
export type Settle<Input> = (operation: Operation<Input>, outcome: Outcome) => void;

/** After a lost acknowledgement: somebody (perhaps our own dying backend) still holds a key. */
export class StillInDoubtError extends Error {}

/** One try: a connection, claim -> effect -> answers -> COMMIT, and what became of each operation. */
export class Attempt<Input> {
  /** When the transactions began whose COMMIT lost its acknowledgement. */
  private readonly doubted = new Set<string>();

  constructor(
    private readonly connections: ConnectionSource,
    private readonly flights: Flights,
    private readonly options: EngineOptions,
    private readonly effect: Effect<Input>,
    private readonly settle: Settle<Input>,
  ) {}

  /**
   * @returns operations that are still undecided: other requests for a key that was granted to one
   * @throws any error after which all of it may be tried again: nothing is stored, unless it is a CommitInDoubtError
   */
  async run(operations: readonly Operation<Input>[]): Promise<Operation<Input>[]> {
    const started = performance.now();
    let began: string | undefined;
    const transaction = new OpenTransaction(await connectWithin(this.connections, this.options.claimTimeout));
    try {
      const claimed = await this.claim(transaction, operations, started);
      const { granted, decided } = claimed;
      began = claimed.began;
      this.options.observer.claimed?.(secondsSince(started), operations.length);
      if (this.doubted.size > 0 && [...decided.values()].some(({ kind }) => kind === 'in-flight'))
        throw new StillInDoubtError();
      // Somebody else may have stored the same meanwhile, where our own COMMIT came to nothing.
      const ours = claimed.known.filter(({ created }) => this.doubted.has(created)).map(identityOf);
      for (const [operation, outcome] of decided)
        this.settle(operation, ours.includes(identityOf(operation)) ? firstAnswer(outcome) : outcome);
      if (granted.length === 0) {
        await transaction.rollback();
        return [];
      }
      for (const operation of granted) this.flights.grant(operation);
      const executing = performance.now();
      const results = await this.runEffect(transaction, granted);
      this.options.observer.executed?.(secondsSince(executing), granted.length);
      const outcomes = await this.commit(transaction, results);
      for (const [operation, outcome] of outcomes) this.settle(operation, outcome);
      return this.decideRivals(operations, decided, outcomes);
    } catch (error) {
      if (error instanceof CommitInDoubtError && began !== undefined) this.doubted.add(began);
      await transaction.rollback();
      throw error;
    }
  }

  private async claim(
    transaction: OpenTransaction,
    operations: readonly Operation<Input>[],
    started: number,
  ): Promise<Claim<Input>> {
    const left = Math.max(1, this.options.claimTimeout - (performance.now() - started));
    const deadline = new Deadline(left, () => {
      const error = new IdempotencyUnavailableError(
        `The claim was not had within ${this.options.claimTimeout} ms.`,
      );
      transaction.abandon(error);
      return error;
    });
    try {
      return await deadline.race(claim(transaction, operations, this.options.vault));
    } finally {
      deadline.stop();
    }
  }

  private async runEffect(
    transaction: OpenTransaction,
    granted: readonly Operation<Input>[],
  ): Promise<Map<Operation<Input>, EffectResult>> {
    const deadline = new Deadline(this.options.operationTimeout, () => {
      const error = new OperationDeadlineError(this.options.operationTimeout);
      transaction.abandon(error);
      return error;
    });
    try {
      return await deadline.race(runEffect(transaction, granted, this.effect));
    } finally {
      deadline.stop();
    }
  }

  private async commit(
    transaction: OpenTransaction,
    results: ReadonlyMap<Operation<Input>, EffectResult>,
  ): Promise<Map<Operation<Input>, Outcome>> {
    const outcomes = new Map<Operation<Input>, Outcome>();
    const answered: [Operation<Input>, Answer][] = [];
    for (const [operation, result] of results) {
      if (result instanceof Error) outcomes.set(operation, { kind: 'failed', error: result });
      else answered.push([operation, result]);
    }
    const records = answered.map(([operation, answer]) => ({
      operation,
      row: this.options.vault.put(operation, answer),
      retention: operation.retention ?? this.options.retention,
    }));
    if (records.length === 0) {
      await transaction.rollback();
      return outcomes;
    }
    const deadline = new Deadline(this.options.operationTimeout, () => {
      const error = new CommitInDoubtError(
        `COMMIT was not answered within ${this.options.operationTimeout} ms.`,
      );
      transaction.abandonCommit(error);
      return error;
    });
    try {
      const committing = performance.now();
      const recorded = await deadline.race(transaction.commit(recordAnswers(records)));
      this.options.observer.committed?.(secondsSince(committing), records.length);
      transaction.runHooks();
      const expiries = new Map(recorded.map((row) => [identityOf(row), row.expires_at]));
      for (const [operation, answer] of answered) {
        const expiresAt = expiries.get(identityOf(operation)) ?? new Date();
        outcomes.set(operation, { kind: 'executed', answer: { ...answer, expiresAt } });
      }
      return outcomes;
    } finally {
      deadline.stop();
    }
  }

  /** Several requests for one free key came together: the first one decided what the key stands for, or nothing. */
  private decideRivals(
    operations: readonly Operation<Input>[],
    decided: ReadonlyMap<Operation<Input>, Outcome>,
    outcomes: ReadonlyMap<Operation<Input>, Outcome>,
  ): Operation<Input>[] {
    const winners = new Map([...outcomes].map(([operation, outcome]) => [identityOf(operation), outcome]));
    const open: Operation<Input>[] = [];
    for (const operation of operations) {
      if (decided.has(operation) || outcomes.has(operation)) continue;
      if (winners.get(identityOf(operation))?.kind === 'executed')
        this.settle(operation, { kind: 'mismatched' });
      else open.push(operation);
    }
    return open;
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}

/** What was stored by a commit whose acknowledgement was lost is the caller's own first answer. */
function firstAnswer(outcome: Outcome): Outcome {
  return outcome.kind === 'replayed' ? { kind: 'executed', answer: outcome.answer } : outcome;
}
