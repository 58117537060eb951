import { page } from './documented.spec.js';
import { supplies } from './inventory-side.js';
import { restStates } from './rest-states.js';
import { inventoryTable, orderTable, restTable } from './tables.js';
import { journeysOf, newWorld, restOf, worldAfter } from './world.js';

/** The tables of the page, white space that a formatter may have put between the cells left out. */
const tables = page
  .split('\n\n')
  .filter((block) => block.startsWith('|'))
  .map((block) =>
    block
      .replace(/ *\| */g, ' | ')
      .replace(/-+/g, '-')
      .trim(),
  );

it.each([
  ['Order’s half', orderTable()],
  ['Inventory’s half', inventoryTable()],
  ['what is at rest', restTable()],
])('shows %s as the model has it', (_, table) => {
  expect(tables).toContainEqual(
    table
      .replace(/ *\| */g, ' | ')
      .replace(/-+/g, '-')
      .trim(),
  );
});

it('comes to rest in every state that it tells of, and in no other', () => {
  const reached = new Set(
    supplies.flatMap((supply) =>
      journeysOf(supply, 5).map((steps) => {
        const start = steps.reduce(worldAfter, newWorld(supply));
        const { order, inventory } = restOf(start).reduce(worldAfter, start);
        return `${order.state} ${inventory.state}`;
      }),
    ),
  );
  expect([...reached].sort()).toEqual(
    restStates.map(({ order, inventory }) => `${order} ${inventory}`).sort(),
  );
});
