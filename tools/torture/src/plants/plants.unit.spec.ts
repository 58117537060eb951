import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { invariants } from '../check/check.js';
import { plantInto } from './plant-into.js';
import { plants } from './plants.js';

const root = resolve(__dirname, '..', '..', '..', '..');

it.each(Object.keys(plants))('%s fits what is built, and changes it', (name) => {
  for (const { module } of plants[name]!.edits) {
    const source = readFileSync(join(root, module), 'utf8');
    expect(plantInto(name, module, source)).not.toBe(source);
  }
});

it('refuses a plant that does not fit any more', () => {
  expect(() => plantInto('parking-drops', 'libs/kafka/dist/parking-lot.js', 'export {}')).toThrow('0 times');
});

it('names invariants that there are', () => {
  const named = Object.values(plants).flatMap(({ caughtBy }) => caughtBy);
  expect(named.filter((name) => !(name in invariants))).toEqual([]);
});
