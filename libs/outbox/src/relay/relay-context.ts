import type { OutboxSettings } from '../options.js';
import type { Leases } from './leases.js';
import type { RelayObserver } from './observer.js';
import type { Database } from './relay-database.js';
import type { Sender } from './sender.js';
import type { WakeUp } from './wake-up.js';

/** What the parts of one relay have in common. */
export interface RelayContext {
  readonly settings: OutboxSettings['relay'];
  readonly database: Database;
  readonly sender: Sender;
  readonly leases: Leases;
  readonly observer: Required<RelayObserver>;
  /** Rung when there may be something new to publish. */
  readonly wakeUp: WakeUp;
  /** Aborted when the relay shall stop. */
  readonly stopping: AbortSignal;
}
