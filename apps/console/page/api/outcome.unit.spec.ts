import { outcomeOf } from './outcome.js';

const problem = (code: string) => ({
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ code }),
});

it.each([
  ['executed', { status: 201, headers: { 'idempotency-status': 'Processed' }, body: '{}' }],
  [
    'replayed',
    {
      status: 201,
      headers: { 'idempotency-status': 'Processed', 'idempotency-replayed': 'true' },
      body: '{}',
    },
  ],
  ['in-flight', { status: 409, ...problem('operation-in-flight') }],
  ['mismatched', { status: 422, ...problem('idempotency-key-reused') }],
  ['refused', { status: 422, ...problem('invalid-request') }],
  ['failed', { status: 503, ...problem('idempotency-unavailable') }],
  ['failed', { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>' }],
  ['lost', undefined],
])('calls it %s', (outcome, answer) => {
  expect(outcomeOf(answer)).toBe(outcome);
});

it('calls an operation’s own refusal executed the first time: it is stored like any other answer', () => {
  const { headers, body } = problem('unknown-product');
  const stored = { ...headers, 'idempotency-status': 'Processed' };
  expect(outcomeOf({ status: 422, headers: stored, body })).toBe('executed');
  expect(outcomeOf({ status: 422, headers: { ...stored, 'idempotency-replayed': 'true' }, body })).toBe(
    'replayed',
  );
});
