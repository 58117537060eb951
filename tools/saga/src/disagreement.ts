import { isDeepStrictEqual } from 'node:util';

/** What the model says of an order and what the tables say, where they differ: the first few, with the way that led there. */
export class Disagreements {
  private readonly found: object[] = [];

  compare(way: unknown, model: object, service: object): void {
    if (this.found.length < 5 && !isDeepStrictEqual(model, service)) this.found.push({ way, model, service });
  }

  get all(): readonly object[] {
    return this.found;
  }
}
