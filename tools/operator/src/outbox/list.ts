import { type EventState, type ListedEvent, listEvents } from '@semel/outbox';
import { Command, Option } from 'commander';
import { forEachDatabase } from '../database.js';
import { type Printed, printRows } from '../print.js';
import { rowLimit } from '../row-limit.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';

const states: readonly EventState[] = ['waiting', 'set-aside', 'published', 'discarded'];

interface ListOptions extends TargetOptions, Printed {
  readonly state?: EventState;
  readonly topic?: string;
  readonly key?: string;
  readonly limit: number;
}

export function listCommand(askStack: AskStack): Command {
  return new Command('list')
    .description('events, newest first')
    .addOption(new Option('--state <state>', 'in this state alone').choices(states))
    .option('--topic <topic>', 'of this topic alone')
    .option('--key <key>', 'of this message key alone')
    .option('--limit <n>', 'at most so many of each service', rowLimit, 50)
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(options, askStack));
}

export async function list(options: ListOptions & { reason?: string }, askStack: AskStack): Promise<void> {
  const targets = await targetsOf(options, process.env, askStack);
  const found = await forEachDatabase(targets, async (database) =>
    (await database.query(listEvents(options))).map((event) => ({ service: database.service, ...event })),
  );
  printRows(found.flat(), columns, options);
}

type Row = ListedEvent & { readonly service: string };

const columns = {
  service: (row: Row) => row.service,
  id: (row: Row) => row.id,
  state: (row: Row) => row.state,
  topic: (row: Row) => row.topic,
  key: (row: Row) => row.key,
  type: (row: Row) => row.type,
  created: (row: Row) => row.createdAt,
  published: (row: Row) => row.publishedAt,
  why: (row: Row) =>
    row.reason ?? (row.replayOf === null ? undefined : `sent again, as ${row.replayOf} was before`),
};
