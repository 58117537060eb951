import { enableTracePropagation } from '../traces/tracing.js';
import { createLog } from './log.js';
import { currentLogMembers, withLogContext } from './log-context.js';
import { logOutcomes } from './log-outcomes.js';

let lines: Record<string, unknown>[];
const outcomes = () =>
  logOutcomes(createLog({ name: 'shop', level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) }));
beforeAll(enableTracePropagation);
beforeEach(() => {
  lines = [];
});

it('puts the outcome of a request on its own line, and writes none more', () => {
  const told = withLogContext({ key: 'k' }, () => {
    outcomes().answered({ scope: 'caller:alice', key: 'k' }, 'replayed');
    return currentLogMembers();
  });
  expect(told).toEqual({ key: 'k', outcome: 'replayed' });
  expect(lines).toEqual([]);
});

it('writes a line for each message that the inbox stopped, with key, outcome and trace', () => {
  const log = outcomes();
  const message = { scope: 'consumer:order.reservations/t', key: 'order-1', traceparent: '00-abc-def-01' };
  for (const outcome of ['executed', 'replayed', 'mismatched', 'failed', 'in-flight'])
    log.answered(message, outcome);
  expect(lines).toMatchObject(
    ['replayed', 'mismatched'].map((outcome) => ({
      ...{ level: 'info', key: 'order-1', outcome, scope: message.scope, traceId: 'abc' },
    })),
  );
});
