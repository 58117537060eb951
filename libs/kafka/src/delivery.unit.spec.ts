import { Delivery } from './delivery.js';
import type { ReceivedMessage, Verdict } from './message.js';
import type { KafkaMessageContext } from './message-context.js';

function messages(...keys: string[]): ReceivedMessage[] {
  return keys.map((key, offset) => ({
    topic: 't',
    partition: 0,
    offset: String(offset),
    key,
    type: 'test.v1',
    value: offset,
    raw: Buffer.alloc(0),
    headers: {},
    timestamp: 0,
  }));
}

class Passing extends Error {}
const isTransient = (error: unknown) => error instanceof Passing;
const running = () => false;

/** A plain handler; answers the offsets that it was given and the verdicts. */
async function each(
  sent: ReceivedMessage[],
  handle: (offset: number, context: KafkaMessageContext) => unknown,
) {
  const calls: number[] = [];
  const call = async (value: unknown, context: KafkaMessageContext) => {
    calls.push(Number(value));
    return handle(Number(value), context);
  };
  const subscription = { topic: 't', handler: 'A.b', batch: false, decode: undefined, call };
  const delivery = new Delivery(subscription, isTransient, running);
  const verdicts = await delivery.deliver(sent);
  return { calls, kinds: kindsOf(sent, verdicts), verdicts, delivery };
}

async function many(sent: ReceivedMessage[], handle: (offsets: number[]) => unknown) {
  const calls: number[][] = [];
  const call = async (_payload: unknown, { messages: given }: KafkaMessageContext) => {
    const offsets = given.map(({ offset }) => Number(offset));
    calls.push(offsets);
    return handle(offsets);
  };
  const subscription = { topic: 't', handler: 'A.b', batch: true, decode: undefined, call };
  const delivery = new Delivery(subscription, isTransient, running);
  const verdicts = await delivery.deliver(sent);
  return { calls, kinds: kindsOf(sent, verdicts), verdicts, delivery };
}

function kindsOf(sent: ReceivedMessage[], verdicts: Map<string, Verdict>): string[] {
  return sent.map(({ offset }) => verdicts.get(offset)?.kind ?? '-');
}

const fail = (error: Error) => {
  throw error;
};
const done: Verdict = { kind: 'done' };
const retry: Verdict = { kind: 'retry', error: new Error('in flight') };
const park: Verdict = { kind: 'park', reason: 'unknown-order', error: new Error('never taken') };

describe('delivery one by one', () => {
  it('lets later messages of a key wait for the one that is retried, and others go on', async () => {
    const { calls, kinds } = await each(
      messages('a', 'b', 'a', 'c'),
      (offset) => offset === 0 && fail(new Passing()),
    );
    expect(calls).toEqual([0, 1, 3]);
    expect(kinds).toEqual(['retry', 'done', '-', 'done']);
  });

  it('parks what fails for another reason than a passing one, and goes on with its key', async () => {
    const { kinds, verdicts } = await each(
      messages('a', 'a'),
      (offset) => offset === 0 && fail(new TypeError('bug')),
    );
    expect(kinds).toEqual(['park', 'done']);
    expect(verdicts.get('0')).toMatchObject({ reason: 'failed' });
  });

  it('obeys an error that says itself what it wants', async () => {
    const { kinds, verdicts } = await each(messages('a', 'b'), (offset) =>
      fail(
        Object.assign(
          new Error('x'),
          offset === 0 ? { disposition: 'park', code: 'unknown-order' } : { disposition: 'retry' },
        ),
      ),
    );
    expect(kinds).toEqual(['park', 'retry']);
    expect(verdicts.get('0')).toMatchObject({ reason: 'unknown-order' });
  });

  it('obeys a verdict that an interceptor answers for one message, and takes every other answer for done', async () => {
    const answers = [retry, park, done, { kind: 'retry' }, 'whatever', undefined];
    const { kinds } = await each(messages('a', 'b', 'c', 'd', 'e', 'f'), (offset) => answers[offset]);
    expect(kinds).toEqual(['retry', 'park', 'done', 'done', 'done', 'done']);
  });

  it('stops trying after three keys in a row wait: the dependency is down', async () => {
    const { calls, delivery } = await each(messages('a', 'b', 'c', 'd', 'e'), () => fail(new Passing()));
    expect(calls).toEqual([0, 1, 2]);
    expect(delivery.isHalted).toBe(true);
  });

  it('retries, and never parks, an error that Nest has hidden', async () => {
    const { kinds, verdicts } = await each(messages('a'), () =>
      Promise.reject({ status: 'error', message: 'Internal server error' }),
    );
    expect(kinds).toEqual(['retry']);
    expect(verdicts.get('0')).toMatchObject({ error: { code: 'kafka-hidden-error' } });
  });

  it('prefers the error that an interceptor reported over what Nest made of it', async () => {
    const { kinds } = await each(messages('a'), (_offset, context) => {
      context.failWith(new Error('poison'));
      return Promise.reject({ status: 'error', message: 'Internal server error' });
    });
    expect(kinds).toEqual(['park']);
  });
});

describe('delivery of many', () => {
  it('hands over all at once and takes a verdict for each', async () => {
    const { calls, kinds } = await many(messages('a', 'b', 'c'), () => [done, retry, park]);
    expect(calls).toEqual([[0, 1, 2]]);
    expect(kinds).toEqual(['done', 'retry', 'park']);
  });

  it('does not park what follows a waiting message of its key', async () => {
    const { kinds } = await many(messages('a', 'a', 'b'), () => [retry, park, park]);
    expect(kinds).toEqual(['retry', 'retry', 'park']);
  });

  it('parks the culprit of a failing group alone', async () => {
    const { calls, kinds } = await many(messages('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), (offsets) =>
      offsets.includes(5) ? fail(new RangeError('poison')) : offsets.map(() => done),
    );
    expect(kinds).toEqual(['done', 'done', 'done', 'done', 'done', 'park', 'done', 'done']);
    expect(calls).toHaveLength(7);
  });

  it('retries all of a group that fails for a passing reason, and tries nothing more', async () => {
    const { calls, kinds, delivery } = await many(messages('a', 'b', 'c'), () => fail(new Passing()));
    expect(calls).toHaveLength(1);
    expect(kinds).toEqual(['retry', 'retry', 'retry']);
    expect(delivery.isHalted).toBe(true);
  });

  it.each([
    ['too few', []],
    ['nothing', undefined],
    ['a park without a reason', [{ kind: 'park', error: new Error('x') }, done]],
    ['a retry without an error', [{ kind: 'retry' }, done]],
    ['an unknown kind', [{ kind: 'skip' }, done]],
  ])('takes %s for a failure, not for success', async (_case, answer) => {
    const { kinds, verdicts } = await many(messages('a', 'b'), () => answer);
    expect(kinds).not.toContain('done');
    expect(verdicts.get('0')).toMatchObject({ kind: 'park', error: { code: 'kafka-verdicts' } });
  });

  it('keeps a key waiting across the halves of a split group', async () => {
    const { calls, kinds } = await many(messages('a', 'b', 'a', 'c'), (offsets) => {
      if (offsets.length > 2) fail(new Error('poison somewhere'));
      return offsets.map((offset) => (offset === 0 ? retry : done));
    });
    expect(calls).toEqual([[0, 1, 2, 3], [0, 1], [3]]);
    expect(kinds).toEqual(['retry', 'done', '-', 'done']);
  });
});
