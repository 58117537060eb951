import { parsePrometheusText } from './prometheus-text.js';
import { pointOf, type Reading, stoppedAt } from './series.js';

const metrics = (start: number, executed: number, replayed = 0) =>
  parsePrometheusText(`
semel_process_start_time_seconds ${start}
semel_idempotency_operations_total{outcome="executed"} ${executed}
semel_idempotency_operations_total{outcome="replayed"} ${replayed}
semel_consumer_messages_total{topic="purchases",verdict="done"} ${executed}`);
const reading = (at: number, order: Reading['order'], inventory: Reading['inventory'] = order): Reading => ({
  at: at * 1_000,
  order,
  inventory,
});

it('counts a second what came in the last ten', () => {
  const readings = [reading(0, metrics(1, 0)), reading(4, metrics(1, 100)), reading(14, metrics(1, 300, 50))];
  expect(pointOf(readings)).toMatchObject({ at: 14_000, executed: 20, stopped: 5, purchases: 20 });
});

it('has a gap while a service does not answer, and the other one goes on', () => {
  const readings = [reading(0, metrics(1, 0)), reading(2, undefined, metrics(1, 10))];
  expect(pointOf(readings)).toMatchObject({ executed: null, stopped: null, median: null, purchases: 5 });
  expect(stoppedAt(readings[1], 'order')).toBeUndefined();
});

it('begins anew with a service that was started anew, even where it has counted more than before already', () => {
  const before = [reading(0, metrics(1, 5)), reading(2, undefined)];
  const first = reading(4, metrics(3, 40));
  expect(pointOf([...before, first])).toMatchObject({ executed: null });
  expect(pointOf([...before, first, reading(6, metrics(3, 60))])).toMatchObject({ executed: 10 });
});

it('says nothing of a single reading', () => {
  expect(pointOf([])).toBeUndefined();
  expect(pointOf([reading(0, metrics(1, 5))])).toMatchObject({ executed: null, purchases: null });
});
