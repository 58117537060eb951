import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
} from '@nestjs/common';
import type { ConnectionSource } from '../connection.js';
import { Engine } from '../engine/engine.js';
import { callerScope, eraseKeys } from '../engine/erase-keys.js';
import { GroupQueue } from '../engine/group-queue.js';
import type { EngineObserver } from '../engine/observer.js';
import { Sweeper } from '../engine/sweeper.js';
import { openVault, sealedVault } from '../engine/vault.js';
import { WaitRoom } from '../engine/wait-room.js';
import { asError, IdempotencyOptionsError } from '../errors.js';
import type { HttpRequest } from '../http/http-exchange.js';
import { lockNamesOf } from '../identity.js';
import type { LeaseTimes } from '../leased/lease-times.js';
import { LeasedEngine, type LeasedWork } from '../leased/leased-engine.js';
import type { Answer, EffectResult, Operation, Outcome } from '../operation.js';
import { findKey } from '../sql/find-key.js';
import { probeLocks } from '../sql/probe-locks.js';
import { readSettings } from '../sql/read-settings.js';
import type { Transaction } from '../transaction.js';
import type { GroupAnswer, GroupHandler } from './group-handler.js';
import { type IdempotencyOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { traceOutcome } from './trace-outcome.js';
import { Warnings } from './warnings.js';

export const idempotencyOptionsToken = Symbol('semel:idempotency-options');
export const idempotencyConnectionsToken = Symbol('semel:idempotency-connections');

/** What became of a key. Members that are not known yet are null. */
export interface KeyStatus {
  readonly key: string;
  readonly status: 'Received' | 'Processed';
  readonly method: string | null;
  readonly path: string | null;
  readonly createdAt: Date | null;
  readonly processedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly response: { readonly status: number } | null;
}

/** A member of a group and how its handler's result becomes an answer. */
export interface GroupMember<Input> {
  readonly input: Input;
  /** @param together how many operations shared the transaction */
  toAnswer(result: GroupAnswer | Error, together: number): EffectResult;
}

/** The engine of this module: for interceptors, and for jobs and commands that have no request. */
@Injectable()
export class Idempotency implements OnModuleInit, BeforeApplicationShutdown {
  readonly options: ResolvedOptions;
  readonly engine: Engine;
  readonly waitRoom: WaitRoom;
  readonly sweeper: Sweeper;
  readonly warnings = new Warnings();
  private readonly log = new Logger('Idempotency');
  private readonly leased: LeasedEngine;
  private readonly groups = new Map<GroupHandler<unknown>, GroupQueue<GroupMember<unknown>>>();

  constructor(
    @Inject(idempotencyOptionsToken) options: IdempotencyOptions,
    @Inject(idempotencyConnectionsToken) private readonly connections: ConnectionSource,
  ) {
    this.options = resolveOptions(options);
    const { encryption } = this.options;
    this.engine = new Engine(this.connections, {
      ...this.options,
      vault: encryption ? sealedVault(encryption.keys) : openVault,
    });
    this.leased = new LeasedEngine(this.connections, this.engine, this.options.leases);
    this.waitRoom = new WaitRoom(
      this.connections,
      this.engine.flights,
      this.options.waiting,
      this.options.observer,
    );
    this.sweeper = new Sweeper(this.connections, this.observed(), this.options.sweeper);
  }

  /** @throws IdempotencyOptionsError when the database is set up so that a promise could not be kept */
  async onModuleInit(): Promise<void> {
    const connection = await this.connections.connect();
    try {
      const { rows } = await connection.run(readSettings());
      const [settings] = rows;
      if (settings?.isolation !== 'read committed') {
        throw new IdempotencyOptionsError(
          'default_transaction_isolation',
          settings?.isolation,
          'the engine looks again in new snapshots and needs "read committed" for this database and role.',
        );
      }
      if (settings.idle_timeout === '0') {
        throw new IdempotencyOptionsError(
          'idle_in_transaction_session_timeout',
          settings.idle_timeout,
          'a hung process would keep its keys for ever. Spread engineConnectionOptions() into the DataSource’s `extra`, or into the pool’s configuration.',
        );
      }
      connection.release();
    } catch (error) {
      connection.release(asError(error));
      throw error;
    }
    this.sweeper.start();
  }

  /** A sweep that fails is tried again by itself; where nobody observes it, the log tells. */
  private observed(): EngineObserver {
    const { observer } = this.options;
    return {
      swept: (keys) => observer.swept?.(keys),
      abandoned: (keys) => observer.abandoned?.(keys),
      sweepLag: (seconds) => observer.sweepLag?.(seconds),
      sweepFailed: (error) => {
        if (observer.sweepFailed) observer.sweepFailed(error);
        else this.log.warn(`Expired keys could not be swept: ${error.message}`);
      },
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeper.stop();
  }

  /**
   * Forgets all keys of a caller, with the answers stored under them (they may hold personal data).
   *
   * @param caller as `scope` names him
   * @returns how many keys were forgotten
   * @throws ErasureIncompleteError while operations of his are in flight: close his account, then erase again
   */
  eraseCaller(caller: string): Promise<number> {
    return this.erase(callerScope(caller));
  }

  /** The same for any scope, of a job say. */
  erase(scope: string): Promise<number> {
    return eraseKeys(this.connections, scope);
  }

  /**
   * The scope under which a request's keys are kept: the caller's, whatever the route.
   *
   * @param scope another way to tell the caller, of a route that has one of its own
   */
  scopeOf(request: HttpRequest, scope = this.options.scope): string {
    const caller = scope(request);
    if (caller === undefined) return 'anonymous';
    if (typeof caller !== 'string' || caller.length > 500 || caller.includes('\0')) {
      throw new IdempotencyOptionsError(
        'scope',
        typeof caller,
        'answer a text of at most 500 characters, or undefined.',
      );
    }
    return callerScope(caller);
  }

  /** Runs `work` once for the operation's key, in one transaction with its answer. */
  async execute<Input>(
    operation: Operation<Input>,
    work: (operation: Operation<Input>, transaction: Transaction) => Promise<Answer>,
  ): Promise<Outcome> {
    const [outcome] = await this.engine.execute([operation], async ([granted], transaction) => [
      await work(granted ?? operation, transaction),
    ]);
    const known: Outcome = outcome ?? {
      kind: 'failed',
      error: new Error('The engine answered nothing.'),
    };
    traceOutcome(operation, known);
    return known;
  }

  /**
   * Runs `work` once for the operation's key, under a lease instead of a transaction: for work that calls the outside
   * world. An operation that was abandoned is continued from its recorded steps.
   *
   * @param times how long the lease lasts, over the module's `leases`
   * @throws IdempotencyOptionsError for times that can't be used
   */
  async executeLeased<Input>(
    operation: Operation<Input>,
    work: LeasedWork<Input>,
    times: Partial<LeaseTimes> = {},
  ): Promise<Outcome> {
    const outcome = await this.leased.execute(operation, work, times);
    traceOutcome(operation, outcome);
    return outcome;
  }

  /** Executes an operation together with others of the same group handler. */
  executeInGroup(
    handler: GroupHandler<unknown>,
    operation: Operation<GroupMember<unknown>>,
  ): Promise<Outcome> {
    let queue = this.groups.get(handler);
    if (!queue) {
      queue = new GroupQueue(this.engine, groupEffect(handler), this.options.groups);
      this.groups.set(handler, queue);
    }
    return queue.submit(operation);
  }

  /** What became of a key, or `undefined` where nobody knows it. */
  async find(scope: string, key: string): Promise<KeyStatus | undefined> {
    const flight = this.engine.flights.find({ scope, key });
    const connection = await this.connections.connect();
    try {
      // First the lock, then the row: a lock is let go of after its holder's commit became visible.
      const names = lockNamesOf({ scope, key, fingerprint: '', input: undefined });
      const { rows: held } = await connection.run(probeLocks([names]));
      const { rows: found } = await connection.run(findKey(scope, key));
      connection.release();
      const [row] = found;
      if (row) {
        return {
          key,
          status: row.status,
          method: row.method,
          path: row.path,
          createdAt: row.created_at,
          processedAt: row.processed_at,
          expiresAt: row.expires_at,
          response: row.response_status === null ? null : { status: row.response_status },
        };
      }
      if (!flight && held.length === 0) return undefined;
      return {
        key,
        status: 'Received',
        method: flight?.operation.method ?? null,
        path: flight?.operation.path ?? null,
        createdAt: flight?.since ?? null,
        processedAt: null,
        expiresAt: null,
        response: null,
      };
    } catch (error) {
      connection.release(asError(error));
      throw error;
    }
  }
}

function groupEffect(handler: GroupHandler<unknown>) {
  return async (
    operations: readonly Operation<GroupMember<unknown>>[],
    transaction: Transaction,
  ): Promise<EffectResult[]> => {
    const results = await handler.execute(
      operations.map((operation) => ({ ...operation, input: operation.input.input })),
      transaction,
    );
    return results.map((result, index) => {
      const member = operations[index]?.input;
      return member ? member.toAnswer(result, operations.length) : asError(result);
    });
  };
}
