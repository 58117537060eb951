import type { FaultKind } from '../faults/kinds.js';

/** One place of a compiled module, and what stands there instead. It has to be there exactly once. */
interface Edit {
  /** Below the clone's root. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** A bug as somebody could have written it. */
export interface Plant {
  readonly what: string;
  /** What brings it to light. */
  readonly faults: readonly FaultKind[];
  readonly edits: readonly Edit[];
  /** The invariants of which one at least has to catch it. */
  readonly caughtBy: readonly string[];
}

const idempotency = 'libs/idempotency/dist';

/**
 * Bugs that are planted into the services of a torture run, by changing their modules while Node loads them. The services know
 * nothing of it: there is no switch in them that anybody could reach.
 */
export const plants: Readonly<Record<string, Plant>> = {
  'record-after-commit': {
    what: 'the answer is recorded after the effect was committed',
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
    faults: ['kill'],
    caughtBy: ['callers-apart'],
    edits: [
      { module: `${idempotency}/nest/caller.js`, from: 'return String(name);', to: `return 'everybody';` },
    ],
  },
  'replay-rendered-anew': {
    what: 'a replay is written anew instead of byte for byte',
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
  'offset-before-commit': {
    what: 'a consumer commits its offset, and then processes',
    faults: ['kill', 'backends', 'postgres-restart'],
    caughtBy: ['no-offset-ahead'],
    edits: [
      {
        module: 'libs/kafka/dist/partition-consumer.js',
        from: 'await pass.work(window);',
        to: `const last = window.at(-1).offset;
             payload.resolveOffset(last);
             await payload
               .commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(BigInt(last) + 1n) }] }] })
               .catch(() => undefined);
             await pass.work(window);`,
      },
    ],
  },
  'inbox-by-offset': {
    what: 'a message is known by its offset instead of its key',
    faults: ['duplicates', 'poison'],
    caughtBy: ['parking-exact', 'no-offset-ahead'],
    edits: [
      {
        module: `${idempotency}/messages/message.js`,
        from: 'key: message.key,',
        to: "key: [message.key, message.partition, message.offset].join('@'),",
      },
    ],
  },
  'parking-drops': {
    what: 'what should be parked is dropped',
    faults: ['poison'],
    caughtBy: ['parking-exact'],
    edits: [
      {
        module: 'libs/kafka/dist/parking-lot.js',
        from: 'await this.producer.send({',
        to: 'await Promise.resolve({',
      },
    ],
  },
  'relay-marks-before-ack': {
    what: 'the relay takes an event for published before the broker has it',
    faults: ['kafka-restart', 'reset', 'kill'],
    caughtBy: ['order-iff-event'],
    edits: [
      {
        module: 'libs/outbox/dist/relay/publication.js',
        from: 'await sender.send(rows);',
        to: `await this.relay.database.query(markPublished(rows.map((row) => row.id)));
             await sender.send(rows);`,
      },
    ],
  },
  'relay-newest-first': {
    what: 'the relay sends the newest events first',
    faults: ['kafka-restart', 'black-hole'],
    caughtBy: ['order-per-key'],
    edits: [
      {
        module: 'libs/outbox/dist/sql/read-page.js',
        from: 'ORDER BY o.bucket, o.id',
        to: 'ORDER BY o.bucket, o.id DESC',
      },
      { module: 'libs/outbox/dist/sql/read-page.js', from: 'ORDER BY page.id', to: 'ORDER BY page.id DESC' },
    ],
  },
};
