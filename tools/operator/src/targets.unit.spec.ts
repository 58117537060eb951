import { oneOf, targetsOf } from './targets.js';

const running = {
  ORDER_DATABASE_URL: 'postgres://stack/order',
  INVENTORY_DATABASE_URL: 'postgres://stack/inventory',
};
const askStack = async () => running;
const noStack = async () => undefined;
const neverAsked = async (): Promise<never> => {
  throw new Error('the stack was asked');
};

it('takes the databases of the running stack, both or one', async () => {
  expect(await targetsOf({}, {}, askStack)).toEqual([
    { service: 'order', url: running.ORDER_DATABASE_URL },
    { service: 'inventory', url: running.INVENTORY_DATABASE_URL },
  ]);
  expect(await targetsOf({ service: 'inventory' }, {}, askStack)).toHaveLength(1);
});

it('asks no stack where the command line or the environment names a database', async () => {
  expect(await targetsOf({ database: 'postgres://a' }, {}, neverAsked)).toEqual([
    { service: 'database', url: 'postgres://a' },
  ]);
  const container = { DATABASE_URL: 'postgres://b', SERVICE_INSTANCE: 'order' };
  expect(await targetsOf({}, container, neverAsked)).toEqual([{ service: 'order', url: 'postgres://b' }]);
  const two = { ORDER_DATABASE_URL: 'postgres://c', INVENTORY_DATABASE_URL: 'postgres://d' };
  expect((await targetsOf({}, two, neverAsked)).map(({ url }) => url)).toEqual([
    'postgres://c',
    'postgres://d',
  ]);
});

it('says what to do where none is known, where another service is meant, and where an id could be of two', async () => {
  await expect(targetsOf({}, {}, noStack)).rejects.toThrow('npm start');
  const container = { DATABASE_URL: 'postgres://b', SERVICE_INSTANCE: 'order' };
  await expect(targetsOf({ service: 'inventory' }, container, noStack)).rejects.toThrow('not of inventory');
  const both = await targetsOf({}, {}, askStack);
  expect(() => oneOf(both)).toThrow('--service');
});
