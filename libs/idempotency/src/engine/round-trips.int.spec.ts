import type { Connection, ConnectionSource } from '../connection.js';
import type { Operation } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import type { Statement } from '../statement.js';
import type { Effect } from './effect.js';
import { Engine } from './engine.js';

const database = fileDatabase();

/** Counts how often something is sent while nothing is under way: that is once a round trip. */
class RoundTrips implements ConnectionSource {
  private readonly connections = database.connections;
  private underWay = 0;
  count = 0;
  statements = 0;

  async connect(): Promise<Connection> {
    const connection = await this.connections.connect();
    const run = async <Row extends object>(statement: Statement<Row>) => {
      if (this.underWay === 0) this.count += 1;
      this.underWay += 1;
      this.statements += 1;
      try {
        return await connection.run(statement);
      } finally {
        this.underWay -= 1;
      }
    };
    return new Proxy(connection, {
      get: (target, property) => (property === 'run' ? run : Reflect.get(target, property, target)),
    });
  }
}

const operation = (key: string): Operation => ({ scope: 'spec', key, fingerprint: '1:a', input: undefined });
const asking: Effect<unknown> = async (operations, transaction) => {
  await transaction.query({ text: 'SELECT 1' });
  return operations.map(() => ({ status: 201 }));
};

it.each([1, 64])('protects %i operations in two round trips beyond the handler’s own', async (count) => {
  const trips = new RoundTrips();
  const engine = new Engine(trips);
  const operations = Array.from({ length: count }, (_, number) => operation(`${count}-${number}`));
  const outcomes = await engine.execute(operations, asking);
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(count).fill('executed'));
  expect(trips.count).toBe(3);
  // BEGIN, locks, look-up, savepoint; the handler's; the answers, COMMIT.
  expect(trips.statements).toBe(7);
});

it('replays what this process remembers in one statement without a transaction, for all that come together', async () => {
  const trips = new RoundTrips();
  const engine = new Engine(trips);
  const operations = Array.from({ length: 20 }, (_, number) => operation(`known-${number}`));
  await engine.execute(operations, asking);
  Object.assign(trips, { count: 0, statements: 0 });
  const replayed = await engine.execute(operations, asking);
  expect(replayed.map(({ kind }) => kind)).toEqual(Array(20).fill('replayed'));
  expect([trips.count, trips.statements]).toEqual([1, 1]);
});

it('replays what another process executed in two round trips', async () => {
  await new Engine(database.connections).execute([operation('elsewhere')], asking);
  const trips = new RoundTrips();
  const [outcome] = await new Engine(trips).execute([operation('elsewhere')], asking);
  expect(outcome?.kind).toBe('replayed');
  expect(trips.count).toBe(2);
});
