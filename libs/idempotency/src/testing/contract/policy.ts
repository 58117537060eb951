import type { Trial } from './trial.js';

/** One policy of the contract. */
export interface Policy {
  readonly name: string;
  check(trial: Trial): Promise<void>;
}
