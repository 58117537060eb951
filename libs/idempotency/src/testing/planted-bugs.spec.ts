import { Engine } from '../engine/engine.js';
import { openVault } from '../engine/vault.js';
import { Refusal } from '../errors.js';
import { fingerprintOf } from '../fingerprint.js';
import {
  type Bug,
  isClaimed,
  isCommit,
  isRecord,
  misled,
  queueing,
  replaced,
  rewriting,
  same,
} from './planted-engines.spec.js';

/** Of what the contract says when nobody dies. */
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
];
