import {
  type ConnectionSource,
  callerScope,
  ErasureIncompleteError,
  eraseKeys,
  type Statement,
} from '@semel/idempotency';
import { Command, InvalidArgumentError } from 'commander';
import { askRunningStack } from '../ask-running-stack.js';
import { type Database, forEachDatabase } from '../database.js';
import { OperatorError } from '../operator-error.js';
import { type Printed, printRows } from '../print.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';

interface EraseOptions extends TargetOptions, Printed {
  readonly sub: string;
}

/** keys erase: what there is to do about idempotency keys and the answers that are stored under them. */
export async function keys(args: readonly string[], askStack: AskStack = askRunningStack): Promise<void> {
  const program = new Command('keys').description('Looks after the idempotency keys of the services.');
  program
    .command('erase')
    .description(
      'forgets one caller’s keys with the answers stored under them, which may hold personal data. Make sure first that he sends nothing any more: a request of his that is repeated afterwards would run again',
    )
    .requiredOption('--sub <customer>', 'whose: the subject of his tokens', subject)
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action(async (options: EraseOptions) => {
      const targets = await targetsOf(options, process.env, askStack);
      const erased = await forEachDatabase(targets, (database) => eraseIn(database, options.sub));
      printRows(erased, { service: ({ service }) => service, erased: (row) => row.erased }, options);
    });
  await program.parseAsync(args, { from: 'user' });
}

async function eraseIn(database: Database, sub: string): Promise<{ service: string; erased: number }> {
  const { service } = database;
  try {
    return { service, erased: await eraseKeys(connectionsOf(database), callerScope(sub)) };
  } catch (error) {
    if (error instanceof ErasureIncompleteError)
      throw new OperatorError(`${service}: ${error.message}`, { cause: error });
    throw error;
  }
}

function connectionsOf(database: Database): ConnectionSource {
  const connection = {
    pipelined: false,
    run: async <Row extends object>(statement: Statement<Row>) => ({
      rows: await database.query(statement),
      command: '',
    }),
    release: () => undefined,
  };
  return { connect: async () => connection };
}

/** @throws InvalidArgumentError */
function subject(text: string): string {
  if (text === '' || text.length > 500 || text.includes('\0')) {
    throw new InvalidArgumentError('A subject has 1 to 500 characters.');
  }
  return text;
}
