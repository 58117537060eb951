import { Controller, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { KafkaEvent } from './kafka-event.js';
import type { ReceivedMessage, Verdict } from './message.js';
import { message, Workbench } from './testing/consumer-app.spec.js';
import { plain } from './testing/plain-controller.spec.js';

class DatabaseIsDown extends Error {}
const isTransient = (error: unknown) => error instanceof DatabaseIsDown;

function many(
  topic: string,
  handle: (sent: readonly ReceivedMessage[]) => Verdict[] | Promise<Verdict[]>,
): Type {
  @Controller()
  class Many {
    @KafkaEvent(topic, { batch: true })
    async take(@Payload() sent: ReceivedMessage[]) {
      return handle(sent);
    }
  }
  return Many;
}

describe('retries', () => {
  let bench: Workbench;
  const open = async (partitions = 1) => {
    bench = await new Workbench(partitions).open();
  };
  afterEach(() => bench.close());

  it('keeps the order of each key while one is retried, and does the others only once', async () => {
    await open();
    const done: string[] = [];
    let failures = 3;
    const controller = plain(bench.topic, ({ key, value }) => {
      if (key === 'a' && value === 1 && failures-- > 0) throw new DatabaseIsDown();
      done.push(`${key}${value}`);
    });
    await bench.send(message('a', 1), message('b', 1), message('a', 2), message('b', 2), message('a', 3));
    const { journal } = await bench.consume([controller], { isTransient });
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '5'));
    expect(done.filter((one) => one.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(done.filter((one) => one.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(journal.of('waiting').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('never commits an offset beyond the first unresolved message', async () => {
    await open();
    let isDown = true;
    const controller = many(bench.topic, (sent) =>
      sent.map(
        ({ value }): Verdict =>
          isDown && value === 'stuck'
            ? { kind: 'retry', error: new Error('in flight elsewhere') }
            : { kind: 'done' },
      ),
    );
    await bench.send(message('a', 'x'), message('b', 'x'), message('c', 'stuck'), message('d', 'x'));
    const { journal } = await bench.consume([controller], { maxBatch: 2 });
    await journal.until(() => journal.of('waiting').length >= 3);
    expect(await bench.committed()).toBe(2);
    isDown = false;
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '4'));
    expect(await bench.committed()).toBe(4);
  });

  it('lets messages of other keys that arrive later overtake one that is stuck', async () => {
    await open();
    let isStuck = true;
    const done: string[] = [];
    const controller = many(bench.topic, (sent) =>
      sent.map(({ key }): Verdict => {
        if (isStuck && key === 'a') return { kind: 'retry', error: new Error('in flight elsewhere') };
        done.push(key);
        return { kind: 'done' };
      }),
    );
    await bench.send(message('a', 1));
    const { journal } = await bench.consume([controller]);
    await journal.until(() => journal.of('waiting').length >= 2);
    await bench.send(message('b', 1), message('c', 1));
    await journal.until(() => done.length === 2);
    expect(await bench.committed()).toBe(-1);
    isStuck = false;
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '3'));
    expect(done).toEqual(['b', 'c', 'a']);
  });

  it('goes through the whole fetched batch before it waits for a stuck key', async () => {
    await open();
    const calls: string[][] = [];
    const stuck: Verdict = { kind: 'retry', error: new Error('in flight elsewhere') };
    const controller = many(bench.topic, (sent) => {
      calls.push(sent.map(({ key }) => key));
      return sent.map(({ key }): Verdict => (key === 'a' ? stuck : { kind: 'done' }));
    });
    await bench.send(message('a', 1), message('b', 1), message('c', 1), message('d', 1));
    const { journal } = await bench.consume([controller], { maxBatch: 2 });
    await journal.until(() => journal.of('waiting').length >= 2);
    expect(calls.slice(0, 3)).toEqual([['a', 'b'], ['c', 'd'], ['a']]);
  });

  it('does not wait when all is done', async () => {
    await open();
    const { journal } = await bench.consume([plain(bench.topic, () => {})]);
    for (let n = 1; n <= 3; n += 1) {
      await bench.send(message('a', n));
      await journal.until(() => journal.of('committed').some(({ offset }) => offset === String(n)));
    }
    expect(journal.of('waiting')).toEqual([]);
    expect(journal.of('received')).toHaveLength(3);
  });

  it('goes on after a TypeError of a handler, with the message parked', async () => {
    await open();
    const done: unknown[] = [];
    const controller = plain(bench.topic, ({ value }) => {
      if (value === 1) Reflect.get(Object(undefined), 'x').y();
      done.push(value);
    });
    await bench.send(message('a', 1), message('a', 2));
    const { journal, transport } = await bench.consume([controller]);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '2'));
    await bench.send(message('b', 3));
    await journal.until(() => done.length === 2);
    expect(done).toEqual([2, 3]);
    expect(journal.of('parked')).toMatchObject([{ offset: '0', reason: 'failed' }]);
    expect(transport.health().ready).toBe(true);
  });

  it.each([TypeError, RangeError, ReferenceError, SyntaxError])(
    'retries a %p that is transient without stopping the consumer',
    async (Kind) => {
      await open();
      let failures = 2;
      const controller = plain(bench.topic, () => {
        if (failures-- > 0) throw new Kind('looks like a bug, is an outage');
      });
      await bench.send(message('a', 1));
      const { journal } = await bench.consume([controller], {
        isTransient: (error) => error instanceof Kind,
      });
      await journal.until(() => journal.of('committed').some(({ offset }) => offset === '1'));
      expect(journal.of('waiting')).toHaveLength(2);
      expect(journal.of('joined')).toHaveLength(1);
    },
  );

  it('keeps the other partitions flowing while one is retried', async () => {
    await open(2);
    const done: unknown[] = [];
    let isDown = true;
    const controller = plain(bench.topic, ({ partition, value }) => {
      if (partition === 0 && isDown) throw new DatabaseIsDown();
      done.push(value);
    });
    await bench.send({ ...message('a', 'bad'), partition: 0 });
    const { journal } = await bench.consume([controller], { isTransient });
    await journal.until(() => journal.of('waiting').length > 0);
    for (let n = 0; n < 10; n += 1) {
      await bench.send({ ...message('b', n), partition: 1 });
      await journal.until(() => done.length === n + 1);
    }
    expect(await bench.committed(0)).toBe(-1);
    isDown = false;
    await journal.until(() => done.includes('bad'));
    expect(journal.of('joined')).toHaveLength(1);
  });

  it('keeps the other partitions flowing while a handler of one does not come to an end', async () => {
    await open(2);
    const done: unknown[] = [];
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const controller = plain(bench.topic, async ({ partition, value }) => {
      if (partition === 0) await slow;
      done.push(value);
    });
    await bench.send({ ...message('a', 'slow'), partition: 0 });
    const { journal } = await bench.consume([controller], {
      partitionsConsumedConcurrently: 1,
      slowHandlerMs: 50,
    });
    await journal.until(() => journal.of('received').length === 1);
    await bench.send({ ...message('b', 1), partition: 1 });
    await journal.until(() => done.length === 1);
    await bench.send({ ...message('b', 2), partition: 1 });
    await journal.until(() => done.length === 2);
    release();
    await journal.until(() => journal.of('committed').some(({ partition }) => partition === 0));
    expect(done).toEqual([1, 2, 'slow']);
    await bench.send({ ...message('a', 'next'), partition: 0 });
    await journal.until(() => done.includes('next'));
  });

  it('lets two handlers of a topic succeed and fail independently', async () => {
    await open();
    const first: unknown[] = [];
    const second: unknown[] = [];
    let failures = 2;
    const steady = plain(bench.topic, ({ value }) => first.push(value));
    const shaky = plain(bench.topic, ({ value }) => {
      if (value === 1 && failures-- > 0) throw new DatabaseIsDown();
      second.push(value);
    });
    await bench.send(message('a', 1), message('a', 2));
    const { journal } = await bench.consume([steady, shaky], { isTransient });
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '2'));
    expect(first).toEqual([1, 2]);
    expect(second).toEqual([1, 2]);
    expect(journal.of('waiting')).toHaveLength(2);
  });

  it('hands a fetched batch over at once and parks its culprit alone', async () => {
    await open();
    const sizes: number[] = [];
    const controller = many(bench.topic, (sent) => {
      sizes.push(sent.length);
      if (sent.some(({ value }) => value === 'poison')) throw new Error('cannot be booked');
      return sent.map(() => ({ kind: 'done' }));
    });
    const values = ['x', 'x', 'poison', 'x', 'x', 'x', 'x', 'x'];
    await bench.send(...values.map((value, n) => message(`k${n}`, value)));
    const { journal } = await bench.consume([controller]);
    await journal.until(() => journal.of('committed').some(({ offset }) => offset === '8'));
    expect(sizes[0]).toBe(8);
    expect(journal.of('parked')).toMatchObject([{ offset: '2', reason: 'failed' }]);
    expect(journal.of('handled')[0]?.verdicts).toEqual({ done: 7, retry: 0, park: 1 });
  });
});
