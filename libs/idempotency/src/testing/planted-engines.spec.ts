import type { ConnectionSource, StatementResult } from '../connection.js';
import type { Effect } from '../engine/effect.js';
import { Engine } from '../engine/engine.js';
import { identityOf } from '../identity.js';
import type { Operation } from '../operation.js';
import type { Statement } from '../statement.js';
import type { ContractTarget, EngineUnderTest } from './contract/trial.js';

/** What is planted in place of the sound engine or the sound door. */
export type Planted = Partial<Pick<ContractTarget, 'engine' | 'operation'>>;

/** Something planted, and the cases that are there to catch it. */
export interface Bug {
  readonly bug: string;
  readonly caughtBy: readonly string[];
  readonly planted: Planted;
}

type Run = (statement: Statement) => Promise<StatementResult<object>>;
export type Rewriting = (statement: Statement, run: Run) => Promise<StatementResult<object>>;

/** Connections whose statements are not what the engine means. One at a time, so that one can become several. */
export function rewrittenConnections(over: ConnectionSource, rewrite: Rewriting): ConnectionSource {
  return {
    connect: async () => {
      const connection = await over.connect();
      const run: Run = (statement) => connection.run(statement);
      return {
        pipelined: false,
        // The rows are what the statement says, or what the bug makes of them.
        run: async <Row extends object>(statement: Statement<Row>) =>
          (await rewrite(statement as Statement, run)) as StatementResult<Row>,
        release: (error) => connection.release(error),
      };
    },
  };
}

export function rewritten(over: ConnectionSource, rewrite: Rewriting): Engine {
  return new Engine(rewrittenConnections(over, rewrite));
}

export function rewriting(rewrite: Rewriting): Planted {
  return { engine: (over) => rewritten(over, rewrite) };
}

export const replaced = (pattern: string, by: string): Planted =>
  rewriting((statement, run) =>
    run({ values: statement.values ?? [], text: statement.text.replace(pattern, by) }),
  );

export const isRecord = ({ text }: Statement): boolean => text.includes('INSERT INTO idempotency_key');
export const isLookUp = ({ text }: Statement): boolean => text.includes('AS wanted (scope, key)');
export const isCommit = ({ text }: Statement): boolean => text === 'COMMIT';
export const isClaimed = ({ text }: Statement): boolean => text.startsWith('SAVEPOINT semel_claimed');

/** An engine that is given other operations than it was asked for, or another effect. */
export function misled(
  change: <Input>(operation: Operation<Input>, all: readonly Operation<Input>[]) => Operation<Input>,
  effectOf: <Input>(effect: Effect<Input>) => Effect<Input> = (effect) => effect,
): Planted {
  return {
    engine: (over) => {
      const engine = new Engine(over);
      return {
        execute: (operations, effect) =>
          engine.execute(
            operations.map((operation) => change(operation, operations)),
            effectOf(effect),
          ),
      };
    },
  };
}

export const same = <Input>(operation: Operation<Input>): Operation<Input> => operation;

/** Waits in the process until the same key's turn comes, instead of telling. */
export function queueing(engine: EngineUnderTest): EngineUnderTest {
  const turns = new Map<string, Promise<unknown>>();
  return {
    execute: async (operations, effect) => {
      const key = operations.map(identityOf).join();
      const turn = (turns.get(key) ?? Promise.resolve()).then(() => engine.execute(operations, effect));
      turns.set(key, turn);
      return turn;
    },
  };
}
