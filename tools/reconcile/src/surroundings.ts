import type { Database } from './database.js';
import type { Cluster } from './kafka/connection.js';
import type { Report } from './report.js';

/** What every check reads from and writes to. */
export interface Surroundings {
  readonly order: Database;
  readonly inventory: Database;
  readonly cluster: Cluster;
  readonly report: Report;
  /** Until when, on `performance.now()`, it may be waited for consumers. */
  readonly waitUntil: number;
}
