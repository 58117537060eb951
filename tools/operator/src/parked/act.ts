import { type Act, type Acted, act, actOnOne, type OutcomeOfOne, type Selection } from '@semel/parking';
import { Command } from 'commander';
import { actorOption } from '../actor.js';
import { type Database, forEachDatabase } from '../database.js';
import { instantOf } from '../moment.js';
import { OperatorError } from '../operator-error.js';
import { type Printed, printRows } from '../print.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';
import { entryId } from './entry-id.js';
import { type Filters, withFilters } from './filters.js';

interface ActOptions extends TargetOptions, Printed, Filters {
  readonly all?: boolean;
  readonly as: string;
}

interface Change {
  readonly service: string;
  readonly changed: number;
  readonly outcome?: OutcomeOfOne;
}

/** Messages of one transaction. */
const portion = 500;

const about: Readonly<Record<Act, { readonly what: string; readonly done: string }>> = {
  replay: { what: 'sends messages to their topics again, oldest first', done: 'replayed' },
  discard: { what: 'gives messages up: they are never processed, and stay on record', done: 'discarded' },
};

export function actCommand(kind: Act, askStack: AskStack): Command {
  return withFilters(new Command(kind).description(about[kind].what))
    .argument('[id]', 'this message, as list tells it', entryId)
    .option('--all', 'all that are parked')
    .addOption(actorOption())
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: ActOptions) => {
      const { topic, key, reason, since, all } = options;
      const isFiltered = [topic, key, reason, since].some((part) => part !== undefined);
      if (id === undefined && all !== true && !isFiltered) {
        throw new OperatorError('Say which: an id, --topic, --key, --reason, --since or --all.');
      }
      if (id !== undefined && (all === true || isFiltered)) {
        throw new OperatorError('An id names one message: leave --all and the filters out.');
      }
      const targets = await targetsOf(options, process.env, askStack);
      const changes = await forEachDatabase(
        targets,
        async (database): Promise<Change> => ({
          service: database.service,
          ...(id === undefined
            ? await changeMany(database, kind, options)
            : await changeOne(database, kind, id, options.as)),
        }),
      );
      if (id !== undefined) requireFound(id, kind, changes);
      const columns = {
        service: (row: Change) => row.service,
        [about[kind].done]: (row: Change) => row.changed,
      };
      printRows(changes, columns, options);
    });
}

async function changeMany(
  database: Database,
  kind: Act,
  { topic, key, reason, since, as: actor }: ActOptions,
) {
  const moment = since && instantOf(since, await database.now());
  const selection: Selection = { topic, key, reason, since: moment };
  let changed = 0;
  for (let done: Acted | undefined; done === undefined || done.next !== undefined; ) {
    const progress = done?.next;
    done = await database.transaction((run) => act(run, kind, selection, { actor, rows: portion, progress }));
    changed += done.changed;
  }
  return { changed };
}

async function changeOne(database: Database, kind: Act, id: string, actor: string) {
  const outcome = await database.transaction((run) => actOnOne(run, kind, id, actor));
  return { changed: outcome === 'done' ? 1 : 0, outcome };
}

const refusals: Partial<Readonly<Record<OutcomeOfOne, string>>> = {
  unknown: 'is not in the register: list tells the ids.',
  settled: 'was settled the other way before: show tells by whom.',
  'not-replayable': 'has no key that a consumer takes, or no value: it can only be discarded.',
};

/** @throws OperatorError where the message is unknown, or can't be changed so */
function requireFound(id: string, kind: Act, changes: readonly Change[]): void {
  const outcomes = changes.flatMap(({ outcome }) => outcome ?? []);
  const known = outcomes.find((outcome) => outcome !== 'unknown') ?? 'unknown';
  const refusal = refusals[known];
  if (refusal !== undefined) throw new OperatorError(`Can't ${kind}: the message ${id} ${refusal}`);
}
