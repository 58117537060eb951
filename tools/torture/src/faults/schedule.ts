import { isPublisher, type ServiceName } from '../chamber/services.js';
import { Dice } from '../dice.js';
import { type FaultKind, faultKinds } from './kinds.js';

/** To whom connections lead: `downstream` is Kafka for the shop, the payment provider for payments. */
export type LinkName = 'http' | 'postgres' | 'downstream';

/** One fault, decided before the run begins. */
export interface Fault {
  readonly number: number;
  /** Milliseconds after the start of the storm. */
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly service: ServiceName;
  /** Counted from 0. */
  readonly instance: number;
  readonly link: LinkName;
  /** How long it lasts, where it lasts. */
  readonly forMs: number;
  /** Chooses among the ways in which a kind can come: from 0 up to 1. */
  readonly variant: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly kinds: readonly FaultKind[];
  readonly services: readonly ServiceName[];
  /** Of each service. */
  readonly instances: number;
  /** How many times as often as usual a fault comes. */
  readonly often: number;
}

/** The faults of a run: the same for the same seed, whatever happens while they are carried out. */
export function scheduleOf({ seed, seconds, kinds, services, instances, often }: ScheduleOptions): Fault[] {
  const faults: Omit<Fault, 'number'>[] = [];
  for (const kind of kinds) {
    // Dice of its own: leaving one kind out changes nothing about the others.
    const dice = new Dice('schedule', seed, kind);
    const targets = faultKinds[kind].counts === 'event' ? services.filter(isPublisher) : services;
    if (targets.length === 0) continue;
    const perMinute = faultKinds[kind].perMinute * often;
    for (let atMs = 1_000 + dice.waitMs(perMinute); atMs < seconds * 1_000; ) {
      const service = dice.pick(targets);
      faults.push({
        atMs: Math.round(atMs),
        kind,
        service,
        instance: dice.whole(instances),
        link: linkOf(kind, service, dice),
        forMs: durationOf(kind, dice),
        variant: dice.next(),
      });
      atMs += dice.waitMs(perMinute);
    }
  }
  faults.sort((left, right) => left.atMs - right.atMs);
  return faults.map((fault, number) => ({ number, ...fault }));
}

function linkOf(kind: FaultKind, service: ServiceName, dice: Dice): LinkName {
  const link = dice.pick(['http', 'postgres', 'postgres', 'downstream'] as const);
  // Both the service's own, and the provider's.
  if (kind === 'lost-answer') return service === 'payment' && link !== 'http' ? 'downstream' : 'http';
  return kind === 'lost-commit' ? 'postgres' : link;
}

/** Mostly short; now and then longer than a consumer's session (6 s) and than a claim's patience (10 s). */
function durationOf(kind: FaultKind, dice: Dice): number {
  const long = dice.chance(0.15);
  if (kind === 'pause' || kind === 'black-hole' || kind === 'half-open')
    return long ? dice.between(6_000, 20_000) : dice.between(100, 3_000);
  return dice.between(200, 4_000);
}
