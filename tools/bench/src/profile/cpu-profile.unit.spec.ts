import { type CpuProfile, sharesOf, stacksBetween, totalOf } from './cpu-profile.js';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 1 });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)') },
    {
      id: 3,
      callFrame: frame('execute', 'file:///clone/libs/idempotency/dist/engine/engine.js'),
      children: [4, 5],
    },
    { id: 4, callFrame: frame('query', 'file:///clone/node_modules/pg/lib/client.js') },
    { id: 5, callFrame: frame('', 'file:///clone/node_modules/@nestjs/core/router.js') },
    { id: 6, callFrame: frame('(garbage collector)') },
  ],
  startTime: 1_000,
  samples: [3, 2, 4, 5, 6, 3],
  timeDeltas: [10, 20, 30, 40, 50, 60],
};

it('tells the time of each package between two moments, without what was idle', () => {
  // The samples are at 1010, 1030, 1060, 1100, 1150 and 1210.
  const stacks = stacksBetween(profile, 1_020, 1_200);
  expect(totalOf(stacks)).toBe(30 + 40 + 50);
  expect(sharesOf(stacks).filter(([, microseconds]) => microseconds > 0)).toEqual([
    ['garbage collection', 50],
    ['@nestjs/core', 40],
    ['pg', 30],
  ]);
});

it('counts for a function what it did itself, and for its stack what it called', () => {
  const [, own] = stacksBetween(profile, 0, 2_000).children;
  expect(own).toMatchObject({ name: 'execute', place: 'semel idempotency', self: 70 });
  expect(own && totalOf(own)).toBe(140);
});
