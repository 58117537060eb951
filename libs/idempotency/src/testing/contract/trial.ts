import { deepEqual, equal, fail } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionSource, StatementResult } from '../../connection.js';
import { within } from '../../engine/deadline.js';
import { type Deferred, deferred } from '../../engine/deferred.js';
import type { Effect } from '../../engine/effect.js';
import type { Engine } from '../../engine/engine.js';
import { fingerprintOf } from '../../fingerprint.js';
import type { Answer, Operation, Outcome } from '../../operation.js';
import { interposeConnections } from '../interpose.js';
import type { Interposer } from '../line.js';

/** What the contract asks of an engine: one outcome an operation, in order. */
export type EngineUnderTest = Pick<Engine, 'execute'>;

/** A request as a door takes it, of which it makes an operation. */
export interface ContractRequest {
  readonly caller: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** An engine over connections of yours, with a database in which the migrations have run. */
export interface ContractTarget {
  readonly connections: ConnectionSource;
  /** A new engine, as a new process has one. */
  engine(connections: ConnectionSource): EngineUnderTest;
  /** How your door makes an operation of a request. Default: as @Idempotent() does. */
  operation?(request: ContractRequest): Omit<Operation, 'input'>;
  /** How long an answer, or a key after a crash, may take before it counts as stuck, in milliseconds. Default 5 s. */
  readonly patience?: number;
}

const retryEvery = 10;
/** Far more than a busy machine needs, far less than any lock's time-out; milliseconds. */
const defaultPatience = 5_000;

/** What one case works with: callers of its own, so that cases don't meet, and a table that counts effects. */
export class Trial {
  private readonly id = randomUUID();
  readonly alice = `alice:${this.id}`;
  readonly bob = `bob:${this.id}`;

  constructor(private readonly target: ContractTarget) {}

  static async prepare(target: Pick<ContractTarget, 'connections'>): Promise<void> {
    await onConnection(
      target.connections,
      'CREATE TABLE IF NOT EXISTS contract_effect (trial text, name text)',
    );
  }

  /** An engine as a new process has one. */
  engine(interposer?: Interposer): EngineUnderTest {
    const { connections } = this.target;
    return this.target.engine(interposer ? interposeConnections(connections, interposer) : connections);
  }

  /** The operation of a request; its effect bears the key's name. */
  operation(
    request: Partial<ContractRequest> = {},
    more: Partial<Operation<string>> = {},
  ): Operation<string> {
    const whole = { caller: this.alice, key: 'k', method: 'POST', path: '/notes', body: '{}', ...request };
    const { operation = asDoorsDo } = this.target;
    return { ...operation(whole), input: whole.key, ...more };
  }

  /** Writes one row an operation and answers for each, bytes that no text column takes included. */
  readonly write: Effect<string> = async (operations, transaction) => {
    for (const { input } of operations) {
      await transaction.query({
        text: 'INSERT INTO contract_effect (trial, name) VALUES ($1, $2)',
        values: [this.id, input],
      });
    }
    return operations.map(({ input }) => this.answer(input));
  };

  answer(name: string): Answer {
    const body = Buffer.concat([Buffer.from(name), Buffer.from([0, 255, 0xed, 0xa0, 0x80, 10])]);
    return { status: 201, headers: { location: `/${name}`, etag: '"1"' }, body };
  }

  async effects(): Promise<string[]> {
    const text = 'SELECT name FROM contract_effect WHERE trial = $1 ORDER BY name';
    const { rows } = await onConnection<{ name: string }>(this.target.connections, text, [this.id]);
    return rows.map(({ name }) => name);
  }

  async expectEffects(expected: readonly string[], when: string): Promise<void> {
    deepEqual(await this.effects(), expected, `The effects differ from ${JSON.stringify(expected)} ${when}.`);
  }

  /** Lets this trial's leases be over, by the database's clock: their owners died, or stood still. */
  async lapse(): Promise<void> {
    await onConnection(
      this.target.connections,
      "UPDATE idempotency_key SET leased_until = now() - interval '1 second' WHERE scope LIKE '%' || $1",
      [this.id],
    );
  }

  /** The statuses of this trial's keys, as everybody sees them. */
  async statuses(): Promise<string[]> {
    const text = "SELECT status FROM idempotency_key WHERE scope LIKE '%' || $1";
    const { rows } = await onConnection<{ status: string }>(this.target.connections, text, [this.id]);
    return rows.map(({ status }) => status);
  }

  /** Lets this trial's keys be over. */
  async expire(): Promise<void> {
    await onConnection(
      this.target.connections,
      "UPDATE idempotency_key SET expires_at = now() - interval '1 second' WHERE scope LIKE '%' || $1",
      [this.id],
    );
  }

  /** As a client does: again, until it is neither in flight nor failed. */
  async ask(
    engine: EngineUnderTest,
    operation: Operation<string>,
    effect: Effect<string> = this.write,
  ): Promise<Outcome> {
    const { patience = defaultPatience } = this.target;
    const until = performance.now() + patience;
    let last: Outcome | undefined;
    while (performance.now() < until) {
      last = await this.once(engine, operation, effect);
      if (last.kind !== 'in-flight' && last.kind !== 'failed') return last;
      await pause(retryEvery);
    }
    return fail(`The key is stuck: after ${patience} ms it still is ${JSON.stringify(last)}.`);
  }

  /** @throws AssertionError when the engine doesn't answer at once */
  async once(
    engine: EngineUnderTest,
    operation: Operation<string>,
    effect: Effect<string> = this.write,
  ): Promise<Outcome> {
    const { patience = defaultPatience } = this.target;
    const outcomes = await within(engine.execute([operation], effect), patience);
    if (outcomes === undefined) fail(`The engine waits: no outcome was had within ${patience} ms.`);
    const [outcome] = outcomes;
    equal(outcomes.length, 1, 'An engine answers one outcome an operation.');
    return outcome ?? fail('The outcome is missing.');
  }

  /** An effect that is held still, and how to let it go. */
  held(): { readonly effect: Effect<string>; readonly started: Promise<void>; release(): void } {
    const [started, go]: [Deferred<void>, Deferred<void>] = [deferred(), deferred()];
    return {
      started: started.promise,
      release: () => go.resolve(),
      effect: async (operations, transaction) => {
        started.resolve();
        await go.promise;
        return this.write(operations, transaction);
      },
    };
  }
}

/** As @Idempotent() does it: the caller is the scope; method, path and body make the request. */
function asDoorsDo({ caller, key, method, path, body }: ContractRequest): Omit<Operation, 'input'> {
  return { scope: caller, key, fingerprint: fingerprintOf([caller, method, path, body]), method, path };
}

export function expectOutcome(outcome: Outcome | undefined, kind: Outcome['kind'], answer?: Answer): void {
  equal(outcome?.kind, kind, `The outcome is ${JSON.stringify(outcome)} instead of ${kind}.`);
  if (answer && outcome && 'answer' in outcome) {
    const { status, headers, body } = outcome.answer;
    deepEqual({ status, headers, body }, answer, 'The answer is not the one that the operation gave.');
  }
}

export function expectKinds(outcomes: readonly Outcome[], kinds: readonly Outcome['kind'][]): void {
  deepEqual(
    outcomes.map(({ kind }) => kind),
    kinds,
  );
}

async function onConnection<Row extends object>(
  connections: ConnectionSource,
  text: string,
  values: readonly unknown[] = [],
): Promise<StatementResult<Row>> {
  const connection = await connections.connect();
  try {
    return await connection.run<Row>({ text, values });
  } finally {
    connection.release();
  }
}
