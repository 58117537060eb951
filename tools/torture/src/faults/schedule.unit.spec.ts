import { allFaults, faultKinds } from './kinds.js';
import { scheduleOf } from './schedule.js';

const options = {
  seed: 7,
  seconds: 600,
  kinds: allFaults,
  services: ['order', 'inventory', 'payment'],
  instances: 2,
  often: 1,
} as const;

it('is the same for the same seed, and another for another', () => {
  expect(scheduleOf(options)).toEqual(scheduleOf(options));
  expect(scheduleOf({ ...options, seed: 8 })).not.toEqual(scheduleOf(options));
});

it('holds every kind, about as often as it should come', () => {
  const schedule = scheduleOf(options);
  for (const kind of allFaults) {
    const wanted = faultKinds[kind].perMinute * 10;
    const count = schedule.filter((fault) => fault.kind === kind).length;
    expect([kind, Math.abs(count - wanted) < 4 * Math.sqrt(wanted) + 1]).toEqual([kind, true]);
  }
});

it('leaves the others as they are when a kind is left out', () => {
  const withoutKills = allFaults.filter((kind) => kind !== 'kill');
  const strip = (schedule: ReturnType<typeof scheduleOf>) => schedule.map(({ number: _, ...fault }) => fault);
  expect(strip(scheduleOf({ ...options, kinds: withoutKills }))).toEqual(
    strip(scheduleOf(options)).filter(({ kind }) => kind !== 'kill'),
  );
});

it('has nothing of events for services that have none', () => {
  const events = allFaults.filter((kind) => faultKinds[kind].counts === 'event');
  const schedule = scheduleOf({ ...options, services: ['payment'] });
  expect(schedule.filter(({ kind }) => events.includes(kind))).toEqual([]);
  expect(schedule.length).toBeGreaterThan(0);
});
