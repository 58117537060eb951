import type { Statement } from '@semel/idempotency';
import { type ChangedEvent, discardSetAside, releaseSetAside, type SetAsideSelection } from '@semel/outbox';
import { Command, InvalidArgumentError } from 'commander';
import { actorOption } from '../actor.js';
import { type Database, forEachDatabase } from '../database.js';
import { OperatorError } from '../operator-error.js';
import { type Printed, printRows } from '../print.js';
import { rowLimit } from '../row-limit.js';
import {
  type AskStack,
  databaseOption,
  oneOf,
  serviceOption,
  type TargetOptions,
  targetsOf,
} from '../targets.js';
import { list } from './list.js';

interface ChangeOptions extends TargetOptions, Printed, SetAsideSelection {
  readonly all?: boolean;
  readonly as: string;
}

/** The events that the broker refused for good, and whose keys wait for a decision. */
export function setAsideCommand(askStack: AskStack): Command {
  const command = new Command('set-aside').description(
    'events that Kafka refused for good; later events of their topic and key wait behind them',
  );
  command
    .command('list')
    .description('which, and why')
    .option('--topic <topic>', 'of this topic alone')
    .option('--key <key>', 'of this message key alone')
    .option('--reason <reason>', 'for this reason alone')
    .option('--limit <n>', 'at most so many of each service', rowLimit, 50)
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action((options) => list({ ...options, state: 'set-aside' }, askStack));
  changing(command.command('release'), releaseSetAside, 'released', askStack).description(
    'lets them go on, once what Kafka refused them for is mended',
  );
  changing(command.command('discard'), discardSetAside, 'discarded', askStack).description(
    'never sends them; what waits behind them goes on',
  );
  return command;
}

function changing(
  command: Command,
  change: (selection: SetAsideSelection, actor: string) => Statement<ChangedEvent>,
  done: string,
  askStack: AskStack,
): Command {
  return command
    .option('--id <id>', 'this event', eventId)
    .option('--topic <topic>', 'of this topic')
    .option('--key <key>', 'of this message key')
    .option('--reason <reason>', 'for this reason')
    .option('--all', 'all of them')
    .addOption(actorOption())
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action(async (options: ChangeOptions) => {
      const { id, topic, key, reason, all } = options;
      const selection = { id, topic, key, reason };
      if (all !== true && Object.values(selection).every((part) => part === undefined)) {
        throw new OperatorError('Say which: --id, --topic, --key, --reason or --all.');
      }
      const targets = await targetsOf(options, process.env, askStack);
      const changed = await forEachDatabase(id === undefined ? targets : [oneOf(targets)], (database) =>
        changeIn(database, change(selection, options.as)),
      );
      if (id !== undefined && changed.flat().length === 0) {
        throw new OperatorError(`No event ${id} is set aside: set-aside list tells which are.`);
      }
      printRows(changed.flat(), { ...columns, state: () => done }, options);
    });
}

type Row = ChangedEvent & { readonly service: string };

const columns = {
  service: (row: Row) => row.service,
  id: (row: Row) => row.id,
  topic: (row: Row) => row.topic,
  key: (row: Row) => row.key,
};

async function changeIn(database: Database, statement: Statement<ChangedEvent>): Promise<Row[]> {
  return (await database.query(statement)).map((event) => ({ service: database.service, ...event }));
}

/** @throws InvalidArgumentError */
function eventId(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('An id is a number: list tells it.');
  return text;
}
