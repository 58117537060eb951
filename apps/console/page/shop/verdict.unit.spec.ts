import { exchange, experiment } from '../testing/exchanges.spec.js';
import { verdictOf } from './verdict.js';

const ORDER = '0193-1';
const times = <Value>(count: number, make: () => Value) => Array.from({ length: count }, make);

it.each([
  [experiment('place', []), 'Waiting for an answer.'],
  [
    experiment('place', [exchange('executed', ORDER)]),
    'The first answer. It is stored with the order, in one commit.',
  ],
  [
    experiment('place', [exchange('executed')]),
    'Refused by the operation itself. That answer is stored, too.',
  ],
  [experiment('place', [exchange('refused')]), 'The request was refused. Nothing was stored.'],
  [
    experiment('retry', [exchange('replayed', ORDER)]),
    'The first answer again, byte for byte. Nothing was run.',
  ],
  [
    experiment('double-click', [
      exchange('executed', ORDER),
      exchange('in-flight'),
      exchange('replayed', ORDER),
    ]),
    'Three requests, one order: 1 got the first answer again, 1 came while it ran and was told to wait.',
  ],
  [
    experiment(
      'copies',
      times(25, () => exchange('replayed', ORDER)),
    ),
    '25 requests, no new order: each got the first answer again.',
  ],
  [
    experiment('lost-answer', [exchange('lost'), exchange('replayed', ORDER)]),
    'The order was made, its answer was cut off. The retry got that same answer.',
  ],
  [
    experiment('place', [exchange('failed'), exchange('lost'), exchange('executed', ORDER)]),
    'Three requests, one order: 2 got no answer.',
  ],
  [
    experiment('other-cart', [exchange('mismatched')]),
    'A key stands for one request. This one asked for something else, so it was not run.',
  ],
  [experiment('place', [exchange('failed')], true), 'No answer yet. Sending it again with the same key.'],
  [experiment('place', [exchange('failed')]), 'No answer. The key is safe to use again.'],
])('says what an experiment showed', (shown, verdict) => {
  expect(verdictOf(shown)).toBe(verdict);
});

it('cries out when something was executed twice', () => {
  const twice = experiment('double-click', [exchange('executed', '1'), exchange('executed', '2')]);
  expect(verdictOf(twice)).toMatch(/must never happen/);
});
