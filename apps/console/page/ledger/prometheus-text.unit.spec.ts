import { Counter, Histogram, Registry } from 'prom-client';
import { bucketsOf, parsePrometheusText, sumOf } from './prometheus-text.js';

it('reads what prom-client writes', async () => {
  const registers = [new Registry()];
  const counter = new Counter({ name: 'n_total', help: 'h', labelNames: ['outcome', 'odd'], registers });
  counter.inc({ outcome: 'executed', odd: 'a "b"\n\\c' }, 2);
  counter.inc({ outcome: 'executed', odd: '' }, 3);
  counter.inc({ outcome: 'replayed' }, 1e21);
  const histogram = new Histogram({
    name: 'd',
    help: 'h',
    labelNames: ['route'],
    buckets: [0.1, 1],
    registers,
  });
  histogram.observe({ route: '/orders' }, 0.05);
  histogram.observe({ route: '/orders' }, 5);
  const samples = parsePrometheusText((await registers[0]?.metrics()) ?? '');
  expect(sumOf(samples, 'n_total', { outcome: 'executed' })).toBe(5);
  expect(sumOf(samples, 'n_total', { odd: 'a "b"\n\\c' })).toBe(2);
  expect(sumOf(samples, 'n_total', { outcome: 'replayed' })).toBe(1e21);
  expect(sumOf(samples, 'absent')).toBe(0);
  expect([...bucketsOf(samples, 'd', { route: '/orders' })]).toEqual([
    [0.1, 1],
    [1, 1],
    [Number.POSITIVE_INFINITY, 2],
  ]);
});
