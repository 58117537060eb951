import type { Plants } from './plant.js';

const idempotency = 'libs/idempotency/dist';

/** Bugs of claims, effects and answers. */
export const enginePlants: Plants = {
  'record-after-commit': {
    what: 'the answer is recorded after the effect was committed',
    system: 'shop',
    faults: ['lost-commit', 'kill'],
    caughtBy: ['key-at-most-one-order', 'adjustments-exact', 'effect-iff-key'],
    edits: [
      {
        module: `${idempotency}/engine/open-transaction.js`,
        from: 'const [{ rows }, { command }] = await runAll(this.connection, [last, commit]);',
        to: 'const { command } = await this.connection.run(commit); const { rows } = await this.connection.run(last);',
      },
    ],
  },
  'claim-without-lock': {
    what: 'a claim takes no lock, and whose answer is stored already drops its own',
    system: 'shop',
    faults: ['kill'],
    caughtBy: ['key-at-most-one-order', 'adjustments-exact'],
    edits: [
      {
        module: `${idempotency}/sql/lock-keys.js`,
        from: 'pg_try_advisory_xact_lock(wanted.lock) AS got',
        to: 'true AS got',
      },
      {
        module: `${idempotency}/sql/record-answers.js`,
        from: 'RETURNING scope, key, expires_at',
        to: 'ON CONFLICT (scope, key) DO NOTHING RETURNING scope, key, expires_at',
      },
    ],
  },
  'effect-before-claim': {
    what: 'the effect is carried out, and then the key is claimed',
    system: 'shop',
    faults: ['kill'],
    caughtBy: ['key-at-most-one-order', 'adjustments-exact'],
    edits: [
      {
        module: `${idempotency}/engine/attempt.js`,
        from: 'const claimed = await this.claim(transaction, operations, started);',
        to: `const early = new OpenTransaction(await connectWithin(this.connections, this.options.claimTimeout));
             await early.open([]);
             const done = await this.runEffect(early, operations);
             await early.commit({ text: 'SELECT 1' });
             const claimed = await this.claim(transaction, operations, started);`,
      },
      {
        module: `${idempotency}/engine/attempt.js`,
        from: 'const results = await this.runEffect(transaction, granted);',
        to: 'const results = new Map(granted.map((operation) => [operation, done.get(operation)]));',
      },
    ],
  },
  'answer-before-commit': {
    what: 'the answer leaves before the commit',
    system: 'shop',
    faults: ['lost-commit', 'backends', 'postgres-restart'],
    caughtBy: [
      'acked-key-one-order',
      'answers-equal',
      'adjustments-exact',
      'effect-iff-key',
      'replays-marked',
    ],
    edits: [
      {
        module: `${idempotency}/engine/attempt.js`,
        from: 'const outcomes = await this.commit(transaction, results);',
        to: `for (const [operation, result] of results)
               if (!(result instanceof Error)) this.settle(operation, { kind: 'executed', answer: { ...result, expiresAt: new Date() } });
             const outcomes = await this.commit(transaction, results);`,
      },
    ],
  },
  'no-rollback-on-failure': {
    what: 'a handler that fails keeps what it has written; and this one fails now and then',
    system: 'shop',
    faults: ['kill'],
    caughtBy: ['stock-exact'],
    edits: [
      {
        module: 'apps/inventory/dist/adjust-stock/adjust-stock.js',
        from: 'await this.stock.update({ sku }, { available });',
        to: `await this.stock.update({ sku }, { available });
             if (Math.random() < 0.1) throw new Error('a defect');`,
      },
      {
        module: `${idempotency}/engine/effect.js`,
        from: 'await transaction.undo();',
        to: '',
      },
      {
        module: `${idempotency}/engine/attempt.js`,
        from: `if (records.length === 0) {
            await transaction.rollback();`,
        to: `if (records.length === 0) {
            await transaction.commit({ text: 'SELECT 1' });`,
      },
    ],
  },
  'fingerprint-ignored': {
    what: 'any request under a known key gets its answer',
    system: 'shop',
    faults: ['kill'],
    caughtBy: ['other-fingerprint-refused'],
    edits: [
      {
        module: `${idempotency}/fingerprint.js`,
        from: 'return stored === asked ||',
        to: 'return true ||',
      },
    ],
  },
  'replay-from-another-caller': {
    what: 'keys belong to everybody',
    system: 'shop',
    faults: ['kill'],
    caughtBy: ['callers-apart'],
    edits: [
      { module: `${idempotency}/nest/caller.js`, from: 'return String(name);', to: `return 'everybody';` },
    ],
  },
  'replay-rendered-anew': {
    what: 'a replay is written anew instead of byte for byte',
    system: 'shop',
    faults: ['kill'],
    caughtBy: ['answers-equal'],
    edits: [
      {
        module: `${idempotency}/engine/vault.js`,
        from: '...(row.response_body !== null && { body: row.response_body }),',
        to: '...(row.response_body !== null && { body: Buffer.from(JSON.stringify(JSON.parse(row.response_body), null, 1)) }),',
      },
    ],
  },
  'single-flight-leaks': {
    what: 'an operation that failed stays in flight in its process',
    system: 'shop',
    faults: ['backends', 'postgres-restart', 'lost-commit'],
    caughtBy: ['live-after-healing'],
    edits: [
      {
        module: `${idempotency}/engine/flights.js`,
        from: 'if (this.flights.get(identity) === flight)',
        to: `if (outcome.kind === 'failed') return;
             if (this.flights.get(identity) === flight)`,
      },
    ],
  },
  'connections-leak': {
    what: 'a transaction that is rolled back keeps its connection',
    system: 'shop',
    faults: ['backends'],
    caughtBy: ['live-after-healing'],
    edits: [
      {
        module: `${idempotency}/engine/open-transaction.js`,
        from: `await this.connection.run({ text: 'ROLLBACK' });
            this.connection.release();`,
        to: `await this.connection.run({ text: 'ROLLBACK' });`,
      },
    ],
  },
  'stock-without-guard': {
    what: 'an adjustment reads the stock without locking it',
    system: 'shop',
    faults: ['slow'],
    caughtBy: ['stock-exact'],
    edits: [
      {
        module: 'apps/inventory/dist/adjust-stock/adjust-stock.js',
        from: `findOne({ where: { sku }, lock: { mode: 'for_no_key_update' } })`,
        to: 'findOne({ where: { sku } })',
      },
    ],
  },
};
