import { lockNamesOf } from '../identity.js';
import type { Answer, Operation } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import { lockKeys } from '../sql/lock-keys.js';
import { interposeConnections } from '../testing/interpose.js';
import { deferred } from './deferred.js';
import { Engine } from './engine.js';
import { OpenTransaction } from './open-transaction.js';

const database = fileDatabase();

const ask = (fingerprint: string): Operation<undefined> => ({
  scope: 'caller:alice',
  key: 'k',
  fingerprint,
  input: undefined,
});

it('does not refuse a retry as another request while another request just looks at the key', async () => {
  const answer: Answer = { status: 201, body: Buffer.from('first') };
  const [entered, go] = [deferred<void>(), deferred<void>()];
  const first = new Engine(database.connections).execute([ask('1:a')], async () => {
    entered.resolve();
    await go.promise;
    return [answer];
  });
  await entered.promise;

  // The retry has neither got the lock nor seen a row; now it is slow.
  const [probing, mayProbe] = [deferred<void>(), deferred<void>()];
  const slow = interposeConnections(database.connections, {
    line: () => ({
      send: async (text, deliver) => {
        if (text.includes('FROM pg_locks')) {
          probing.resolve();
          await mayProbe.promise;
        }
        return deliver();
      },
    }),
  });
  const retry = new Engine(slow).execute([ask('1:a')], () => Promise.reject(new Error('It ran twice.')));
  await probing.promise;
  go.resolve();
  await first;

  // Another request has locked the decided key and is about to look.
  const other = new OpenTransaction(await database.connections.connect());
  await other.open([lockKeys([lockNamesOf(ask('1:b'))])]);
  mayProbe.resolve();
  expect(await retry).toMatchObject([{ kind: 'replayed', answer }]);
  await other.rollback();
});
