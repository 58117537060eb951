import type { Plants } from './plant.js';

const idempotency = 'libs/idempotency/dist';

/** Bugs of consumers and relays. */
export const eventPlants: Plants = {
  'offset-before-commit': {
    what: 'a consumer commits its offset, and then processes',
    system: 'shop',
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
    system: 'shop',
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
    system: 'shop',
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
    system: 'shop',
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
    system: 'shop',
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
