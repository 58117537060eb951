import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource } from '../connection.js';
import { asError, IdempotencyUnavailableError } from '../errors.js';
import { identityOf } from '../identity.js';
import type { Operation, Outcome } from '../operation.js';
import { isTransient, sqlstate, sqlstateOf } from '../sqlstate.js';
import { Attempt, type EngineOptions, type Settle, StillInDoubtError } from './attempt.js';
import { type Effect, needsNewTransaction } from './effect.js';
import { Flights } from './flights.js';
import { CommitInDoubtError } from './open-transaction.js';
import { Replays } from './replays.js';
import { openVault } from './vault.js';

export const defaultEngineOptions: EngineOptions = {
  retention: 86_400,
  claimTimeout: 10_000,
  operationTimeout: 30_000,
  observer: {},
  vault: openVault,
  rememberedBytes: 16 * 1024 * 1024,
};

const attempts = 4;
/** After a lost acknowledgement, how long to ask for what became of the COMMIT, and how often; milliseconds. */
const doubtWindow = 2_000;
const doubtInterval = 50;

/**
 * Executes operations once: claim, effect, answers and COMMIT in one transaction, for one operation or for many.
 * Knows neither HTTP nor messages nor an ORM.
 */
export class Engine {
  readonly flights = new Flights();
  readonly replays: Replays;
  readonly options: EngineOptions;
  private inFlight = 0;

  constructor(
    private readonly connections: ConnectionSource,
    options: Partial<EngineOptions> = {},
  ) {
    this.options = { ...defaultEngineOptions, ...options };
    this.replays = new Replays(connections, this.options.rememberedBytes);
  }

  /** One gauge for the operations of a process, with a lease or without. */
  countInFlight(change: number): void {
    this.inFlight += change;
    this.options.observer.inFlight?.(this.inFlight);
  }

  /**
   * Claims the operations, runs the effect for the new ones, records each answer, commits.
   *
   * @param settle hears each outcome as soon as it is known, before the others are
   * @returns one outcome an operation, in order. It never throws for what happens to an operation.
   */
  async execute<Input>(
    operations: readonly Operation<Input>[],
    effect: Effect<Input>,
    settle?: Settle<Input>,
  ): Promise<Outcome[]> {
    const outcomes = new Map<Operation<Input>, Outcome>();
    this.countInFlight(operations.length);
    const tell: Settle<Input> = (operation, outcome) => {
      if (outcomes.has(operation)) return;
      outcomes.set(operation, outcome);
      this.countInFlight(-1);
      this.options.observer.outcome?.(outcome.kind);
      settle?.(operation, outcome);
    };
    const leaders = new Map<string, Operation<Input>>();
    for (const operation of operations) {
      const request = requestOf(operation);
      if (!leaders.has(request)) leaders.set(request, operation);
    }
    await this.executeDistinct([...leaders.values()], effect, tell);
    for (const operation of operations) {
      const leader = leaders.get(requestOf(operation));
      if (leader && leader !== operation) tell(operation, followerOutcome(outcomes.get(leader)));
    }
    return operations.map((operation) => outcomes.get(operation) ?? lost());
  }

  private async executeDistinct<Input>(
    operations: readonly Operation<Input>[],
    effect: Effect<Input>,
    tell: Settle<Input>,
  ): Promise<void> {
    const departing: Operation<Input>[] = [];
    const sharing: Promise<void>[] = [];
    for (const operation of operations) {
      if (this.replays.mayKnow(operation)) {
        sharing.push(this.replay(operation, effect, tell));
        continue;
      }
      // Events of one exclusion keep their order by the lock alone: none may be decided before an earlier one.
      const flight = operation.exclusion === undefined ? this.flights.find(operation) : undefined;
      if (flight && flight.operation !== operation) {
        sharing.push(this.share(operation, effect, tell));
      } else {
        if (!flight && operation.exclusion === undefined) this.flights.depart(operation);
        departing.push(operation);
      }
    }
    const land: Settle<Input> = (operation, outcome) => {
      this.flights.land(operation, outcome);
      if (outcome.kind === 'executed' || outcome.kind === 'replayed') {
        this.replays.keep(operation, outcome.answer);
      }
      tell(operation, outcome);
    };
    if (departing.length > 0) {
      const undecided = await this.attemptUntilDecided(departing, effect, land);
      // Other requests for a key whose granted request came to nothing: now it is their turn.
      for (const operation of undecided) await this.executeDistinct([operation], effect, tell);
    }
    await Promise.all(sharing);
  }

  /** This process remembers the answer; where the table doesn't confirm it, a claim decides as for any other. */
  private async replay<Input>(
    operation: Operation<Input>,
    effect: Effect<Input>,
    tell: Settle<Input>,
  ): Promise<void> {
    const outcome = await this.replays.find(operation);
    if (outcome) tell(operation, outcome);
    else await this.executeDistinct([operation], effect, tell);
  }

  /** Somebody in this process works on the key: his claim says what is to be said, without a connection. */
  private async share<Input>(
    operation: Operation<Input>,
    effect: Effect<Input>,
    tell: Settle<Input>,
  ): Promise<void> {
    const flight = this.flights.find(operation);
    if (!flight) return this.executeDistinct([operation], effect, tell);
    const heard = await this.flights.hear(flight, operation);
    return heard ? tell(operation, heard) : this.executeDistinct([operation], effect, tell);
  }

  /** @returns operations that are still undecided: other requests for a key whose granted request came to nothing */
  private async attemptUntilDecided<Input>(
    operations: readonly Operation<Input>[],
    effect: Effect<Input>,
    tell: Settle<Input>,
  ): Promise<Operation<Input>[]> {
    const undecided = new Set(operations);
    const settle: Settle<Input> = (operation, outcome) => {
      undecided.delete(operation);
      tell(operation, outcome);
    };
    const attempt = new Attempt(this.connections, this.flights, this.options, effect, settle);
    let failed = 0;
    let doubtUntil: number | undefined;
    for (;;) {
      try {
        return await attempt.run([...undecided]);
      } catch (thrown) {
        const error = asError(thrown);
        failed += 1;
        if (error instanceof CommitInDoubtError) doubtUntil ??= performance.now() + doubtWindow;
        if (doubtUntil !== undefined) {
          if (performance.now() < doubtUntil) {
            await pause(doubtInterval);
            continue;
          }
          const unknown = new IdempotencyUnavailableError(
            'It is not known yet whether the operation was stored.',
            {
              cause: error,
            },
          );
          return fail(undecided, unknown, settle);
        }
        const again = isWorthAnotherAttempt(error);
        if (
          undecided.size > 1 &&
          (again ? sqlstateOf(error) === sqlstate.outOfMemory : !isTransient(error))
        ) {
          return this.attemptHalves([...undecided], effect, settle);
        }
        if (failed >= attempts || !again) return fail(undecided, error, settle);
        await pause(Math.random() * 10 * failed);
      }
    }
  }

  /** Fewer at a time: the cluster's lock table was full, or the COMMIT failed for one member's sake. */
  private async attemptHalves<Input>(
    operations: readonly Operation<Input>[],
    effect: Effect<Input>,
    settle: Settle<Input>,
  ): Promise<Operation<Input>[]> {
    const middle = Math.ceil(operations.length / 2);
    const first = await this.attemptUntilDecided(operations.slice(0, middle), effect, settle);
    const second = await this.attemptUntilDecided(operations.slice(middle), effect, settle);
    return [...first, ...second];
  }
}

function isWorthAnotherAttempt(error: Error): boolean {
  if (error instanceof IdempotencyUnavailableError || error instanceof StillInDoubtError) return false;
  // A unique violation: somebody without our lock stored the same key, and the next look sees it.
  return needsNewTransaction(error) || sqlstateOf(error) === sqlstate.uniqueViolation;
}

function fail<Input>(undecided: ReadonlySet<Operation<Input>>, error: Error, settle: Settle<Input>): [] {
  for (const operation of [...undecided]) settle(operation, { kind: 'failed', error });
  return [];
}

function requestOf(operation: Operation): string {
  return `${identityOf(operation)}${operation.fingerprint}`;
}

function followerOutcome(leader: Outcome | undefined): Outcome {
  if (leader?.kind === 'executed') return { kind: 'replayed', answer: leader.answer };
  return leader ?? lost();
}

function lost(): Outcome {
  return {
    kind: 'failed',
    error: new Error('The engine lost track of an operation. This is a defect: please report it.'),
  };
}
