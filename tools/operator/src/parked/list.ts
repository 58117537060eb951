import { type ParkedMessage, ParkedMessageState } from '@semel/contracts';
import { ParkingRegister } from '@semel/parking';
import { Command, Option } from 'commander';
import { forEachDatabase } from '../database.js';
import { instantOf } from '../moment.js';
import { type Printed, printRows } from '../print.js';
import { rowLimit } from '../row-limit.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';
import { type Filters, withFilters } from './filters.js';

interface ListOptions extends TargetOptions, Printed, Filters {
  readonly state: ParkedMessageState | 'any';
  readonly limit: number;
}

export function listCommand(askStack: AskStack): Command {
  const states = new Option('--state <state>', 'in this state').choices([
    ...ParkedMessageState.options,
    'any',
  ]);
  return withFilters(new Command('list').description('what waits, newest first: why, from where, since when'))
    .addOption(states.default('parked'))
    .option('--limit <n>', 'at most so many of each service', rowLimit, 50)
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      const { topic, key, reason, state, limit } = options;
      const targets = await targetsOf(options, process.env, askStack);
      const found = await forEachDatabase(targets, async (database) => {
        const since = options.since && instantOf(options.since, await database.now()).toISOString();
        const register = new ParkingRegister((statement) => database.query(statement));
        const { items } = await register.list({ topic, key, reason, since, state, limit });
        return items.map((item): Row => ({ service: database.service, ...item }));
      });
      printRows(found.flat(), columns, options);
    });
}

type Row = ParkedMessage & { readonly service: string };

const columns = {
  service: (row: Row) => row.service,
  id: (row: Row) => row.id,
  state: (row: Row) => row.state,
  reason: (row: Row) => row.reason,
  from: (row: Row) => `${row.topic}/${row.partition ?? '?'}@${row.offset ?? '?'}`,
  key: (row: Row) => row.key,
  type: (row: Row) => row.type,
  since: (row: Row) => row.parkedAt,
  attempt: (row: Row) => row.attempt,
  error: (row: Row) => row.error,
};
