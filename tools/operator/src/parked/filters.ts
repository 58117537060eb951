import type { Command } from 'commander';
import { type Moment, momentIn } from '../moment.js';

export interface Filters {
  readonly topic?: string;
  readonly key?: string;
  readonly reason?: string;
  readonly since?: Moment;
}

/** The options by which parked messages are told apart. */
export function withFilters(command: Command): Command {
  return command
    .option('--topic <topic>', 'of this topic')
    .option('--key <key>', 'of this message key')
    .option('--reason <reason>', 'parked for this reason')
    .option(
      '--since <moment>',
      'parked at or after: an instant (ISO 8601 with a zone), or 30m, 12h, 2d ago',
      momentIn,
    );
}
