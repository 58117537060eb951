import { AssertionError } from 'node:assert';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { Engine } from '../engine/engine.js';
import { migrateShop } from '../spec/shop.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import type { ContractTarget } from './contract/trial.js';
import { contractCases } from './contract-cases.js';
import { plantedBugs } from './planted-bugs.spec.js';

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  source = await new DataSource({
    type: 'postgres',
    url: database.url,
    installExtensions: false,
    extra: { ...engineConnectionOptions(), max: 12 },
  }).initialize();
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const sound: ContractTarget = {
  connections: { connect: () => new TypeOrmConnections(source).connect() },
  engine: (connections) => new Engine(connections),
};

describe('the engine over TypeORM', () => {
  it.each(contractCases(sound))('$name', ({ run }) => run());
});

describe('the contract', () => {
  it.each(plantedBugs)('catches an engine where $bug', async ({ caughtBy, planted }) => {
    const cases = contractCases({ ...sound, ...planted, patience: 400 });
    for (const name of caughtBy) {
      const policy = cases.find((each) => each.name === name);
      expect([name, await policy?.run().catch((error: unknown) => error)]).toEqual([
        name,
        expect.any(AssertionError),
      ]);
    }
  });

  it('has no case that catches nothing', () => {
    const catching = new Set(plantedBugs.flatMap(({ caughtBy }) => caughtBy));
    expect(contractCases(sound).map(({ name }) => name)).toEqual(expect.arrayContaining([...catching]));
    expect(contractCases(sound).filter(({ name }) => !catching.has(name))).toEqual([]);
  });
});
