import { quantileBetween, rateBetween } from './quantile.js';

const histogram = (...counts: number[]) =>
  new Map([0.01, 0.1, 1, Number.POSITIVE_INFINITY].map((bound, index) => [bound, counts[index] ?? 0]));
const none = histogram(0, 0, 0, 0);

it('is linear within the bucket where the quantile lies', () => {
  expect(quantileBetween(none, histogram(0, 10, 10, 10), 0.5)).toBeCloseTo(0.055);
  expect(quantileBetween(none, histogram(5, 10, 10, 10), 0.5)).toBeCloseTo(0.01);
});

it('sees only what was counted since the earlier reading', () => {
  expect(quantileBetween(histogram(100, 100, 100, 100), histogram(100, 100, 110, 110), 0.5)).toBeCloseTo(
    0.55,
  );
});

it('says the last finite bound of what lies beyond it', () => {
  expect(quantileBetween(none, histogram(0, 0, 0, 4), 0.99)).toBe(1);
});

it('is unknown where nothing was counted or the process was started anew', () => {
  expect(quantileBetween(none, none, 0.5)).toBeUndefined();
  expect(quantileBetween(histogram(9, 9, 9, 9), histogram(1, 1, 1, 1), 0.5)).toBeUndefined();
  expect(rateBetween(9, 1, 2)).toBeUndefined();
  expect(rateBetween(1, 9, 2)).toBe(4);
});
