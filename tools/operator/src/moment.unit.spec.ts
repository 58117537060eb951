import { instantOf, momentIn } from './moment.js';

const now = new Date('2026-11-25T12:00:00Z');

it.each([
  ['90s', '2026-11-25T11:58:30.000Z'],
  ['30m', '2026-11-25T11:30:00.000Z'],
  ['12h', '2026-11-25T00:00:00.000Z'],
  ['2d', '2026-11-23T12:00:00.000Z'],
  ['2026-11-25T09:00:00Z', '2026-11-25T09:00:00.000Z'],
  ['2026-11-25T09:00:00.5+02:00', '2026-11-25T07:00:00.500Z'],
])('reads %s as %s', (text, expected) => {
  expect(instantOf(momentIn(text), now).toISOString()).toBe(expected);
});

it.each(['', 'yesterday', '5', '-5m', '2026-11-25', '2026-11-25T09:00:00', '2026-13-25T09:00:00Z', '5w'])(
  'refuses %j',
  (text) => {
    expect(() => momentIn(text)).toThrow('Give an instant');
  },
);
