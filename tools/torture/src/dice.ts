import { createHash } from 'node:crypto';

/** Chances that a seed reproduces (sfc32). Dice of different names are independent of each other. */
export class Dice {
  private readonly state: Uint32Array;

  constructor(...name: readonly (string | number)[]) {
    const digest = createHash('sha256').update(name.join('\0')).digest();
    this.state = Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32LE(offset));
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.state;
    const sum = (a + b + d) >>> 0;
    this.state.set([b ^ (b >>> 9), (c + (c << 3)) >>> 0, ((c << 21) | (c >>> 11)) + sum, d + 1]);
    return sum / 2 ** 32;
  }

  whole(below: number): number {
    return Math.floor(this.next() * below);
  }

  between(least: number, most: number): number {
    return least + this.whole(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError for an empty list */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(items.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from.');
    return item;
  }

  /** How long until the next of events that happen `perMinute` times a minute, independently; milliseconds. */
  waitMs(perMinute: number): number {
    return (-Math.log(1 - this.next()) * 60_000) / perMinute;
  }
}
