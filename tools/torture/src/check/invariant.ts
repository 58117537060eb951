import type { Testimony } from './testimony.js';

export interface Violation {
  readonly invariant: string;
  readonly sentence: string;
  /** The id of the key that it is about. */
  readonly key?: string;
  /** The order that it is about. */
  readonly orderId?: string;
}

/** What must hold of every run. @returns what does not, without the invariant's name */
export type Invariant = (testimony: Testimony) => Iterable<Omit<Violation, 'invariant'>>;
