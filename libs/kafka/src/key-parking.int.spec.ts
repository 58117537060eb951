import { Controller, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { KafkaMessage, Message } from 'kafkajs';
import { KafkaEvent } from './kafka-event.js';
import type { ReceivedMessage, Verdict } from './message.js';
import type { Origin, ParkedKeys, ParkedMessage } from './parked-keys.js';
import { replayHeader } from './parking-lot.js';
import { message, Workbench } from './testing/consumer-app.spec.js';

/** What a service keeps in its database: here it outlives the consumers of a test. */
class Memory implements ParkedKeys {
  readonly rows: (ParkedMessage & { consumer: string })[] = [];
  failures = 0;

  async firstOf(consumer: string, _topic: string, keys: readonly string[]) {
    if (this.failures-- > 0) throw new Error('the database is down');
    const firsts = new Map<string, Origin>();
    for (const row of this.rows) {
      if (row.consumer === consumer && keys.includes(row.key) && !firsts.has(row.key))
        firsts.set(row.key, row);
    }
    return firsts;
  }
  async add(consumer: string, _topic: string, messages: readonly ParkedMessage[]) {
    for (const one of messages) {
      if (!this.rows.some((row) => row.consumer === consumer && isSame(row, one)))
        this.rows.push({ ...one, consumer });
    }
  }
  async remove(consumer: string, _topic: string, messages: readonly (Origin & { key: string })[]) {
    for (const one of messages) {
      const at = this.rows.findIndex((row) => row.consumer === consumer && isSame(row, one));
      if (at >= 0) this.rows.splice(at, 1);
    }
  }
  of(key: string): string[] {
    return this.rows.filter((row) => row.key === key).map(({ offset, reason }) => `${offset} ${reason}`);
  }
}
const isSame = (one: Origin & { key: string }, other: Origin & { key: string }) =>
  one.key === other.key && one.partition === other.partition && one.offset === other.offset;

/** As the parking lot's operator sends it again. */
function again(parked: KafkaMessage): Message {
  const { headers = {}, key, value } = parked;
  const from = headers[replayHeader] ?? `${headers['semel-partition']}:${headers['semel-offset']}`;
  return { key, value, headers: { ce_type: headers.ce_type, [replayHeader]: from } };
}

const done: Verdict = { kind: 'done' };

describe('parking by key', () => {
  let bench: Workbench;
  let memory: Memory;
  let poison: ReadonlySet<string>;
  let taken: string[];
  beforeEach(async () => {
    bench = await new Workbench().open();
    memory = new Memory();
    poison = new Set();
    taken = [];
  });
  afterEach(() => bench.close());

  /** Takes what is not poison; a group with poison in it fails as a whole, as a transaction does. */
  function taker(consumer = 'spec', batch = true): Type {
    const take = (sent: readonly ReceivedMessage[]) => {
      const names = sent.map(({ key, value }) => `${key}${value}`);
      if (names.some((name) => poison.has(name))) throw new Error('cannot be booked');
      taken.push(...names);
    };
    @Controller()
    class Many {
      @KafkaEvent(bench.topic, { batch: true, consumer })
      async take(@Payload() sent: ReceivedMessage[]) {
        take(sent);
        return sent.map(() => done);
      }
    }
    @Controller()
    class One {
      @KafkaEvent(bench.topic, { consumer })
      async take(@Payload() value: unknown) {
        take([{ key: '', value } as ReceivedMessage]);
      }
    }
    return batch ? Many : One;
  }
  const consume = (...controllers: Type[]) =>
    bench.consume(controllers.length > 0 ? controllers : [taker()], { parkedKeys: memory });
  const resolved = async (consumer: Awaited<ReturnType<typeof consume>>, offset: number) => {
    await consumer.journal.until(() =>
      consumer.journal.of('committed').some((position) => position.offset === String(offset)),
    );
  };

  it('puts what follows a parked message aside behind it, in order, within a batch and after it; other keys go on', async () => {
    poison = new Set(['a1']);
    await bench.send(message('a', 1), message('b', 1), message('a', 2), message('b', 2));
    const consumer = await consume();
    await resolved(consumer, 4);
    await bench.send(message('a', 3), message('b', 3));
    await resolved(consumer, 6);
    expect(taken).toEqual(['b1', 'b2', 'b3']);
    expect(memory.of('a')).toEqual(['0 failed', '2 key-parked', '4 key-parked']);
    const lot = await bench.parked(3);
    expect(lot.map(({ value, headers }) => `${value} ${headers?.['semel-reason']}`)).toEqual([
      '1 failed',
      '2 key-parked',
      '3 key-parked',
    ]);
  });

  it('survives a restart, and goes on in order once the first was replayed, newer ones waiting their turn', async () => {
    poison = new Set(['a1']);
    await bench.send(message('a', 1), message('a', 2));
    const before = await consume();
    await resolved(before, 2);
    await before.app.close();
    poison = new Set();
    const after = await consume();
    await bench.send(message('a', 3));
    await resolved(after, 3);
    expect(taken).toEqual([]);
    const lot = (await bench.parked(3)).map(again);
    // The second before the first: it goes back into the lot. A new one in between waits for all of them.
    await bench.send(lot[1]!, lot[0]!, message('a', 4), lot[1]!, lot[2]!);
    await resolved(after, 8);
    expect(taken).toEqual(['a1', 'a2', 'a3']);
    expect(memory.of('a')).toEqual(['5 key-parked']);
    const newest = (await bench.parked(5)).at(-1)!;
    await bench.send(again(newest), message('a', 5));
    await resolved(after, 10);
    expect(taken).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
    expect(memory.rows).toEqual([]);
  });

  it('keeps the place of a message that fails again when it is replayed', async () => {
    poison = new Set(['a1']);
    await bench.send(message('a', 1), message('a', 2));
    const consumer = await consume();
    await resolved(consumer, 2);
    const lot = (await bench.parked(2)).map(again);
    await bench.send(lot[0]!, lot[1]!);
    await resolved(consumer, 4);
    expect(taken).toEqual([]);
    expect(memory.of('a')).toEqual(['0 failed', '1 key-parked']);
    poison = new Set();
    await bench.send(again((await bench.parked(3)).at(-1)!), lot[1]!);
    await resolved(consumer, 6);
    expect(taken).toEqual(['a1', 'a2']);
  });

  it('parks a key by what can not even be read, if its key can', async () => {
    await bench.send(
      { key: 'a', value: '{oops' },
      message('a', 2),
      { key: null, value: '{oops' },
      message('b', 1),
    );
    const consumer = await consume();
    await resolved(consumer, 4);
    expect(taken).toEqual(['b1']);
    expect(memory.of('a')).toEqual(['0 malformed', '1 key-parked']);
  });

  it('knows messages by partition and offset: a key that has moved to another partition waits there too', async () => {
    memory.rows.push({ consumer: 'spec', key: 'a', partition: 7, offset: '0', reason: 'failed' });
    await bench.send(message('a', 2), message('b', 1));
    const consumer = await consume();
    await resolved(consumer, 2);
    expect(taken).toEqual(['b1']);
    expect(memory.of('a')).toEqual(['0 failed', '0 key-parked']);
  });

  it('lets no message of a key pass one that is only retried', async () => {
    let failures = 2;
    class Down extends Error {}
    @Controller()
    class Shaky {
      @KafkaEvent(bench.topic, { batch: true, consumer: 'spec' })
      async take(@Payload() sent: ReceivedMessage[]) {
        if (sent.some(({ value }) => value === 1) && failures-- > 0) throw new Down();
        taken.push(...sent.map(({ key, value }) => `${key}${value}`));
        return sent.map(() => done);
      }
    }
    await bench.send(message('a', 1), { key: 'a', value: '{oops' }, message('a', 3));
    const consumer = await bench.consume([Shaky], {
      parkedKeys: memory,
      isTransient: (e) => e instanceof Down,
    });
    await resolved(consumer, 3);
    expect(taken).toEqual(['a1']);
    expect(memory.of('a')).toEqual(['1 malformed', '2 key-parked']);
  });

  it('waits, like for any dependency, while the memory is down', async () => {
    memory.failures = 3;
    await bench.send(message('a', 1), message('a', 2));
    const consumer = await consume();
    await resolved(consumer, 2);
    expect(taken).toEqual(['a1', 'a2']);
    expect(consumer.journal.of('waiting')[0]?.error.message).toMatch(
      /parked keys of .* the database is down/,
    );
    expect(consumer.journal.of('parked')).toEqual([]);
  });

  it('parks the keys of one handler of a topic, not of the other', async () => {
    poison = new Set(['1']);
    const other: unknown[] = [];
    @Controller()
    class Other {
      @KafkaEvent(bench.topic, { consumer: 'other' })
      async take(@Payload() value: unknown) {
        other.push(value);
      }
    }
    await bench.send(message('a', 1), message('a', 2));
    const consumer = await consume(taker('spec', false), Other);
    await resolved(consumer, 2);
    expect([taken, other]).toEqual([[], [1, 2]]);
    expect(memory.rows.map((row) => row.consumer)).toEqual(['spec', 'spec']);
  });

  it('refuses a handler without a name to be remembered by', async () => {
    @Controller()
    class Nameless {
      @KafkaEvent(bench.topic)
      take() {}
    }
    await expect(bench.consume([Nameless], { parkedKeys: memory })).rejects.toThrow(
      /Nameless\.take .*consumer/,
    );
  });
});
