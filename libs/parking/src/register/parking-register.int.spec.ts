import { act } from '../acts/parking-acts.js';
import { ParkedMessages } from '../parked-messages.js';
import { TestRegister } from '../testing/test-register.spec.js';

let shelf: TestRegister;
beforeEach(async () => {
  shelf = await TestRegister.create();
});
afterEach(() => shelf.drop());

it('counts what waits by topic and reason, and keys that are parked whole, and nothing that was settled', async () => {
  expect(await shelf.register.counts()).toEqual({ messages: [], keys: [] });
  await shelf.park('gone', 'v');
  const actor = { actor: 'olga', rows: 100, progress: undefined };
  await shelf.committed((transaction) => act(transaction, 'discard', { key: 'gone' }, actor));
  await shelf.park('a', '1');
  await shelf.park('a', '2');
  await shelf.park('b', '1', { 'semel-reason': 'schema-violation' });
  await shelf.park('c', '1', { 'semel-reason': 'made up by whoever writes to the topic' });
  const parked = new ParkedMessages(shelf.dataSource);
  const at = (key: string, offset: string) => ({ key, offset, partition: 0, reason: 'failed' });
  await parked.add('one', 'purchases', [at('a', '1'), at('a', '2'), at('b', '3')]);
  await parked.add('another', 'purchases', [at('a', '1')]);
  expect(await shelf.register.counts()).toEqual({
    messages: [
      { topic: 'purchases', reason: 'failed', messages: 2 },
      { topic: 'purchases', reason: 'other', messages: 1 },
      { topic: 'purchases', reason: 'schema-violation', messages: 1 },
    ],
    keys: [{ topic: 'purchases', keys: 3 }],
  });
});
