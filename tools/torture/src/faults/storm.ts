import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chamber } from '../chamber/chamber.js';
import { isPublisher } from '../chamber/services.js';
import { Dice } from '../dice.js';
import type { History } from '../history/history.js';
import { resetGroup, sendDuplicates, sendPoison } from './events.js';
import type { FaultKind } from './kinds.js';
import type { Fault } from './schedule.js';

/** What was carried out of a schedule: how often each kind had something to hit. */
export type Tally = Partial<Record<FaultKind, number>>;

/** Lets the faults happen at their times, one beside the other, and waits until each is over. */
export class Storm {
  readonly tally: Tally = {};
  private readonly over = new AbortController();

  constructor(
    private readonly chamber: Chamber,
    private readonly history: History,
    private readonly seed: number,
  ) {}

  async rage(schedule: readonly Fault[], seconds: number): Promise<void> {
    // Several faults of each kind may last at a time.
    setMaxListeners(0, this.over.signal);
    const began = performance.now();
    const running: Promise<void>[] = [];
    const until = (atMs: number) => pause(Math.max(0, began + atMs - performance.now()));
    for (const fault of schedule) {
      await until(fault.atMs);
      running.push(this.perform(fault));
    }
    await until(seconds * 1_000);
    // What lasts is over now.
    this.over.abort();
    await Promise.all(running);
  }

  private async perform(fault: Fault): Promise<void> {
    let did: string;
    try {
      const done = await this.carryOut(fault);
      if (done !== undefined) this.tally[fault.kind] = (this.tally[fault.kind] ?? 0) + 1;
      did = done ?? 'nothing to hit';
    } catch (error) {
      // Another fault has hit this one: the broker is dead, say, to which something was to be sent.
      did = `not done: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.history.add({ event: 'fault', fault, did });
  }

  private lasting(milliseconds: number): Promise<unknown> {
    return pause(milliseconds, undefined, { signal: this.over.signal }).catch(() => undefined);
  }

  /** @returns what was done; undefined where there was nothing to do it to */
  private async carryOut(fault: Fault): Promise<string | undefined> {
    const { chamber } = this;
    const { kind, service, forMs, variant } = fault;
    const instance = chamber.instance(service, fault.instance);
    const link = instance.links[fault.link];
    const dice = new Dice('fault', this.seed, fault.number);
    switch (kind) {
      case 'kill':
        return instance.kill() ? `killed ${instance.name}` : undefined;
      case 'pause': {
        const goOn = instance.hold();
        if (!goOn) return undefined;
        await this.lasting(forMs);
        goOn();
        return `held ${instance.name} for ${forMs} ms`;
      }
      case 'postgres-restart':
        return (await chamber.servers.restartPostgres()) ? 'PostgreSQL died and is back' : undefined;
      case 'kafka-restart':
        return (await chamber.servers.restartKafka()) ? 'Kafka died and is back' : undefined;
      case 'backends': {
        const rows = await chamber.query(
          service,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
        );
        return rows.length > 0 ? `ended ${rows.length} backends` : undefined;
      }
      case 'reset': {
        const hit = link.reset();
        return hit > 0 ? `reset ${hit} of ${link.name}` : undefined;
      }
      case 'half-open': {
        const which = variant < 0.5 ? 'near' : 'far';
        const { hit, heal } = link.halfOpen(which);
        if (hit === 0) return undefined;
        await this.lasting(forMs);
        heal();
        return `the ${which} end of ${hit} of ${link.name} gone for ${forMs} ms`;
      }
      case 'black-hole': {
        const { hit, heal } = link.withhold();
        await this.lasting(forMs);
        heal(variant < 0.5 ? 'deliver' : 'reset');
        return hit > 0 ? `withheld ${hit} of ${link.name} for ${forMs} ms` : undefined;
      }
      case 'slow': {
        const { hit, heal } = link.slow(Math.round(20 + variant * 280));
        await this.lasting(forMs);
        heal();
        return hit > 0 ? `slowed ${hit} of ${link.name} for ${forMs} ms` : undefined;
      }
      case 'lost-answer':
      case 'lost-commit': {
        const count = dice.between(1, 4);
        const { heal } = link.lose(kind === 'lost-answer' ? 'answer' : 'commit', count);
        await this.lasting(forMs);
        const lost = heal();
        return lost > 0 ? `lost ${lost} of ${link.name}` : undefined;
      }
      case 'duplicates':
        return isPublisher(service) ? sendDuplicates(chamber, service, dice) : undefined;
      case 'poison':
        return isPublisher(service) ? sendPoison(chamber, service, dice) : undefined;
      case 'group-reset':
        return isPublisher(service) ? resetGroup(chamber, service) : undefined;
      case 'clock': {
        const shift = Math.round((variant * 2 - 1) * 30 * 60_000);
        await instance.shiftClock(shift);
        return `the clock of ${instance.name} is off by ${Math.round(shift / 1_000)} s`;
      }
    }
  }
}
