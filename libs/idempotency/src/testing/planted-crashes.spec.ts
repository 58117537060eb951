import type { ConnectionSource } from '../connection.js';
import type { Effect } from '../engine/effect.js';
import { Engine } from '../engine/engine.js';
import { isConnectionLoss } from '../sqlstate.js';
import type { Transaction } from '../transaction.js';
import { crashPoints } from './crash-points.js';
import {
  type Bug,
  isClaimed,
  isCommit,
  isLookUp,
  isRecord,
  type Rewriting,
  rewriting,
  rewritten,
} from './planted-engines.spec.js';

const died = (point: string): string[] => [`has one effect and one answer when the process dies ${point}`];
const lost = (point: string): string => `has one effect and one answer when the connection is lost ${point}`;

const commitAndBegin = ['COMMIT', 'BEGIN ISOLATION LEVEL READ COMMITTED', 'SAVEPOINT semel_claimed'];

const noTransaction: Transaction = { query: async () => [], afterCommit: () => undefined };

/** Each statement of the effect is committed at once, on a connection of its own. */
const onItsOwn =
  <Input>(connections: ConnectionSource, effect: Effect<Input>): Effect<Input> =>
  (operations) =>
    effect(operations, {
      ...noTransaction,
      query: async (statement) => {
        const connection = await connections.connect();
        try {
          return (await connection.run(statement)).rows;
        } finally {
          connection.release();
        }
      },
    });

/** The textbook: a row Received, committed, and an UPDATE when it is done. */
function claimFirst(): Rewriting {
  let wanted: readonly unknown[] = [];
  return async (statement, run) => {
    if (isLookUp(statement)) wanted = statement.values ?? [];
    if (isRecord(statement)) {
      await run({
        text: `DELETE FROM idempotency_key USING unnest($1::text[], $2::text[]) AS claimed (scope, key)
               WHERE idempotency_key.scope = claimed.scope AND idempotency_key.key = claimed.key`,
        values: wanted,
      });
    }
    if (isClaimed(statement)) {
      await run({
        // A fingerprint of another version is never another request.
        text: `INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, expires_at, leased_until)
               SELECT scope, key, 'Received', '0:', now(), now() + interval '1 day', now() + interval '1 day'
               FROM unnest($1::text[], $2::text[]) AS claimed (scope, key) ON CONFLICT DO NOTHING`,
        values: wanted,
      });
      for (const text of commitAndBegin.slice(0, 2)) await run({ text });
    }
    return run(statement);
  };
}

/** Of what it says when a process dies or a connection is lost, point by point. */
export const plantedCrashBugs: readonly Bug[] = [
  {
    bug: 'the effect runs before the claim, on its own',
    caughtBy: died('before the claim'),
    planted: {
      engine: (over) => {
        const engine = new Engine(over);
        return {
          execute: async (operations, effect) => {
            const results = await onItsOwn(over, effect)(operations, noTransaction);
            return engine.execute(operations, async () => results);
          },
        };
      },
    },
  },
  {
    bug: 'the claim is committed first, without a lease',
    caughtBy: died('after the claim'),
    planted: rewriting(claimFirst()),
  },
  {
    bug: 'the effect writes on a connection of its own',
    caughtBy: died('in the effect'),
    planted: {
      engine: (over) => {
        const engine = new Engine(over);
        return { execute: (operations, effect) => engine.execute(operations, onItsOwn(over, effect)) };
      },
    },
  },
  {
    bug: 'the effect is committed before its answer',
    caughtBy: died('before the answer is recorded'),
    planted: rewriting(async (statement, run) => {
      if (isRecord(statement)) for (const text of commitAndBegin) await run({ text });
      return run(statement);
    }),
  },
  {
    bug: 'the answer is stored before the effect is committed',
    caughtBy: died('before the commit'),
    planted: {
      engine: (over) =>
        rewritten(over, async (statement, run) => {
          if (!isRecord(statement)) return run(statement);
          const connection = await over.connect();
          const result = await connection.run(statement);
          connection.release();
          return result;
        }),
    },
  },
  {
    bug: 'the answer is stored after the commit',
    caughtBy: died('after the commit, before its answer'),
    planted: rewriting(async (statement, run) => {
      if (isRecord(statement)) await run({ text: 'COMMIT' });
      return run(statement);
    }),
  },
  {
    bug: 'a lost connection is the end of the operation',
    caughtBy: crashPoints.map(lost),
    planted: rewriting((statement, run) =>
      run(statement).catch((error: unknown) => {
        throw isConnectionLoss(error) ? new Error('gone') : error;
      }),
    ),
  },
  {
    bug: 'a lost acknowledgement is taken for a rollback',
    caughtBy: [lost('after the commit, before its answer')],
    planted: {
      engine: (over) => {
        const engine = rewritten(over, (statement, run) =>
          run(statement).catch((error: unknown) => {
            throw isCommit(statement) ? new Error('rolled back') : error;
          }),
        );
        return {
          execute: async (operations, effect) => {
            const outcomes = await engine.execute(operations, effect);
            if (outcomes.every(({ kind }) => kind !== 'failed')) return outcomes;
            return engine.execute(
              operations.map((operation) => ({ ...operation, key: `${operation.key}#2` })),
              effect,
            );
          },
        };
      },
    },
  },
];
