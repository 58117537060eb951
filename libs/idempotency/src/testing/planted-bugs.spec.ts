import type { ConnectionSource } from '../connection.js';
import type { Effect } from '../engine/effect.js';
import { Engine } from '../engine/engine.js';
import { openVault } from '../engine/vault.js';
import { Refusal } from '../errors.js';
import { fingerprintOf } from '../fingerprint.js';
import { isConnectionLoss } from '../sqlstate.js';
import type { Transaction } from '../transaction.js';
import { crashPoints } from './crash-points.js';
import {
  isClaimed,
  isCommit,
  isLookUp,
  isRecord,
  misled,
  type Planted,
  queueing,
  type Rewriting,
  replaced,
  rewriting,
  rewritten,
  same,
} from './planted-engines.spec.js';

export interface Bug {
  readonly bug: string;
  /** The cases that are there to catch it. */
  readonly caughtBy: readonly string[];
  readonly planted: Planted;
}

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

export const plantedBugs: readonly Bug[] = [
  {
    bug: 'answers are stored as text',
    caughtBy: ['executes an operation once and replays its answer in another process, byte for byte'],
    planted: {
      engine: (over) =>
        new Engine(over, {
          vault: {
            put: (operation, answer) =>
              openVault.put(operation, { ...answer, body: Buffer.from(String(answer.body)) }),
            take: openVault.take,
          },
        }),
    },
  },
  {
    bug: 'nobody is excluded, and the second answer is dropped',
    caughtBy: ['has one effect of many attempts at once'],
    planted: rewriting((statement, run) => {
      const text = statement.text.replace('pg_try_advisory_xact_lock(wanted.lock) AS got', 'true AS got');
      const tolerant = isRecord(statement)
        ? text.replace(
            'RETURNING scope, key, expires_at',
            'ON CONFLICT (scope, key) DO NOTHING RETURNING scope, key, expires_at',
          )
        : text;
      return run({ values: statement.values ?? [], text: tolerant });
    }),
  },
  {
    bug: 'retries wait in the process',
    caughtBy: ['says in flight, at once, while the operation runs in the same process'],
    planted: { engine: (over) => queueing(new Engine(over)) },
  },
  {
    bug: 'claims wait for the lock',
    caughtBy: ['says in flight, at once, while the operation runs in another process'],
    planted: replaced(
      'pg_try_advisory_xact_lock(wanted.lock) AS got',
      '(pg_advisory_xact_lock(wanted.lock) IS NOT NULL) AS got',
    ),
  },
  {
    bug: 'the claim’s transaction is over before the effect begins',
    caughtBy: ['says in flight, at once, while the operation runs in another process'],
    planted: rewriting(async (statement, run) => {
      if (isClaimed(statement)) for (const text of ['COMMIT', 'BEGIN']) await run({ text });
      return run(statement);
    }),
  },
  {
    bug: 'an expired key is resurrected',
    caughtBy: ['takes an expired key as new, once'],
    planted: replaced('expires_at <= statement_timestamp() AND NOT leased AS expired', 'false AS expired'),
  },
  {
    bug: 'the fingerprint is ignored',
    caughtBy: [
      'refuses the key for another body',
      'refuses the key for another request also while the first one runs elsewhere',
    ],
    planted: misled((operation) => ({ ...operation, fingerprint: '1:same' })),
  },
  {
    bug: 'another route is replayed',
    caughtBy: ['refuses the key for another route'],
    planted: {
      operation: ({ caller, key, body }) => ({ scope: caller, key, fingerprint: fingerprintOf([body]) }),
    },
  },
  {
    bug: 'another request hears "in flight" and comes again',
    caughtBy: ['refuses the key for another request also while the first one runs elsewhere'],
    planted: rewriting(async (statement, run) =>
      statement.text.includes('pg_locks') ? { rows: [], command: 'SELECT' } : run(statement),
    ),
  },
  {
    bug: 'the scope is ignored',
    caughtBy: ['keeps the keys of callers apart'],
    planted: misled((operation) => ({
      ...operation,
      scope: operation.scope.replace(/^bob/, 'alice'),
      fingerprint: '1:same',
    })),
  },
  {
    bug: 'a 5xx is recorded',
    caughtBy: ['leaves nothing of an unexpected failure, and the key free'],
    planted: misled(
      same,
      (effect) => async (operations, transaction) =>
        effect(operations, transaction).catch((error) => {
          if (error instanceof Refusal) throw error;
          return operations.map(() => ({ status: 500 }));
        }),
    ),
  },
  {
    bug: 'a refusal is stored with the writes before it',
    caughtBy: ['stores a refusal without the writes and the hooks that came before it'],
    planted: misled(
      same,
      (effect) => async (operations, transaction) =>
        effect(operations, transaction).catch((error) => {
          if (!(error instanceof Refusal)) throw error;
          return operations.map(() => error.answer);
        }),
    ),
  },
  {
    bug: 'a refusal is not stored',
    caughtBy: ['stores a refusal without the writes and the hooks that came before it'],
    planted: misled(
      same,
      (effect) => async (operations, transaction) =>
        effect(operations, transaction).catch((error) => {
          throw new Error('refused', { cause: error });
        }),
    ),
  },
  {
    bug: 'hooks are called when they are registered',
    caughtBy: ['runs hooks when the commit can be seen, and not before'],
    planted: misled(
      same,
      (effect) => (operations, transaction) =>
        effect(operations, {
          query: (statement) => transaction.query(statement),
          afterCommit: (hook) => hook(),
        }),
    ),
  },
  {
    bug: 'what COMMIT answers is not looked at',
    caughtBy: ['notices that a swallowed error rolled the transaction back'],
    planted: rewriting(async (statement, run) => {
      const result = await run(statement).catch((error: unknown) => {
        if (!isRecord(statement)) throw error;
        return { rows: [], command: 'INSERT' };
      });
      return isCommit(statement) ? { ...result, command: 'COMMIT' } : result;
    }),
  },
  {
    bug: 'a culprit takes its group along',
    caughtBy: ['lets only the culprits of a group fail'],
    planted: {
      engine: (over) => {
        const engine = new Engine(over);
        return {
          execute: async (operations, effect) => {
            const outcomes = await engine.execute(operations, effect);
            const failed = outcomes.find(({ kind }) => kind === 'failed');
            return failed ? outcomes.map(() => failed) : outcomes;
          },
        };
      },
    },
  },
  {
    bug: 'duplicates of a group are claims of their own',
    caughtBy: ['collapses the duplicates of a group and gives the key to the first of several requests'],
    planted: misled((operation, all) =>
      all.length > 1 ? { ...operation, key: `${operation.key}#${all.indexOf(operation)}` } : operation,
    ),
  },
  {
    bug: 'exclusions are ignored',
    caughtBy: ['lets no operation overtake an earlier one of the same exclusion'],
    planted: misled(({ exclusion: _, ...operation }) => operation),
  },
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
