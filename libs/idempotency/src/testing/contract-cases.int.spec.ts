import { AssertionError } from 'node:assert';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { Engine } from '../engine/engine.js';
import { LeasedEngine } from '../leased/leased-engine.js';
import { migrateShop } from '../spec/shop.js';
import { engineConnectionOptions } from '../typeorm/engine-connection-options.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import type { LeasedContractTarget } from './contract/leased.js';
import type { ContractTarget } from './contract/trial.js';
import { contractCases, leasedContractCases } from './contract-cases.js';
import { plantedBugs } from './planted-bugs.spec.js';
import { plantedCrashBugs } from './planted-crashes.spec.js';
import { plantedLeaseBugs } from './planted-leases.spec.js';

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

const bugs = [...plantedBugs, ...plantedCrashBugs];

describe('the contract', () => {
  it.each(bugs)('catches an engine where $bug', async ({ caughtBy, planted }) => {
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
    const catching = new Set(bugs.flatMap(({ caughtBy }) => caughtBy));
    expect(contractCases(sound).map(({ name }) => name)).toEqual(expect.arrayContaining([...catching]));
    expect(contractCases(sound).filter(({ name }) => !catching.has(name))).toEqual([]);
  });
});

const leased: LeasedContractTarget = {
  connections: sound.connections,
  leased: (connections) => new LeasedEngine(connections, new Engine(connections)),
};

describe('the engine of leased operations over TypeORM', () => {
  it.each(leasedContractCases(leased))('$name', ({ run }) => run());
});

describe('the contract of leased operations', () => {
  it.each(plantedLeaseBugs)('catches an engine where $bug', async ({ caughtBy, leased: planted }) => {
    const policy = leasedContractCases({ ...leased, leased: planted }).find(({ name }) => name === caughtBy);
    expect(await policy?.run().catch((error: unknown) => error)).toBeInstanceOf(AssertionError);
  });

  it('has no case that catches nothing', () => {
    expect(leasedContractCases(leased).map(({ name }) => name)).toEqual(
      plantedLeaseBugs.map(({ caughtBy }) => caughtBy),
    );
  });
});
