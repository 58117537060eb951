import { isCaught } from './summary.js';

it('calls a bug caught only where one of its own invariants was violated', () => {
  const caught = (...by: string[]) => isCaught({ plant: 'stock-without-guard', by, seconds: 20 });
  expect([caught('live-after-healing', 'stock-exact'), caught('live-after-healing'), caught()]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isCaught({ plant: 'nothing', by: ['stock-exact'], seconds: 20 })).toBe(false);
});
