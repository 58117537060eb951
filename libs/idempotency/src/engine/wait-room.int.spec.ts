import { once } from 'node:events';
import type { Operation } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import { poolOf } from '../testing/interpose.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { deferred } from './deferred.js';
import { Engine } from './engine.js';
import { WaitRoom } from './wait-room.js';

const database = fileDatabase();
const operation: Operation = { scope: 'spec', key: 'k', fingerprint: '1:a', input: 'k' };
const long = 20_000;

/** Another process that works on the operation until it is let go. */
async function elsewhere() {
  const [entered, go] = [deferred<void>(), deferred<void>()];
  const source = await database.connect(1);
  const running = new Engine(new TypeOrmConnections(source)).execute([operation], async () => {
    entered.resolve();
    await go.promise;
    return [{ status: 200 }];
  });
  await entered.promise;
  return async () => {
    go.resolve();
    await running;
  };
}

function waitRoom(seats = 10) {
  const engine = new Engine(database.connections);
  return { engine, room: new WaitRoom(database.connections, engine.flights, seats) };
}

it('lets nobody go because a claim of this process met the other’s lock: waiters would claim for ever', async () => {
  const finish = await elsewhere();
  const { engine, room } = waitRoom();
  const claim = engine.execute([operation], async () => []);
  const gone: number[] = [];
  const waiting = [1, 2, 3].map((waiter) =>
    room.wait(operation, long).then((over) => gone.push(waiter) && over),
  );
  expect(await claim).toEqual([{ kind: 'in-flight' }]);
  const polls = async (): Promise<void> => {
    for (let seen = 0; seen < 2; seen++) await once(poolOf(database.source), 'release');
  };
  await Promise.race([polls(), ...waiting]);
  expect([gone, room.size]).toEqual([[], 3]);
  await finish();
  expect(await Promise.all(waiting)).toEqual([true, true, true]);
});

it('lets waiters for an operation of this process go when it is over, without asking the database', async () => {
  const { engine, room } = waitRoom();
  const [entered, go] = [deferred<void>(), deferred<void>()];
  const running = engine.execute([operation], async () => {
    entered.resolve();
    await go.promise;
    return [{ status: 200 }];
  });
  // The first comes before the claim was answered.
  const waiting = [room.wait(operation, long)];
  await entered.promise;
  const asked = jest.fn();
  poolOf(database.source).on('acquire', asked);
  waiting.push(room.wait(operation, long));
  go.resolve();
  await running;
  expect(await Promise.all(waiting)).toEqual([true, true]);
  expect(asked).not.toHaveBeenCalled();
});

it('says no when the time is up, and at once when there is no seat', async () => {
  const finish = await elsewhere();
  const { room } = waitRoom(1);
  const waiting = room.wait(operation, 50);
  expect(await room.wait(operation, long)).toBe(false);
  expect([await waiting, room.size]).toEqual([false, 0]);
  await finish();
});
