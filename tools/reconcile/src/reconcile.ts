import { writeFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { CannotTellError, sentenceOf } from './cannot-tell.js';
import { checkDatabases } from './check-databases.js';
import { Database } from './database.js';
import { Cluster } from './kafka/connection.js';
import { printed } from './print.js';
import { Report, type Summary } from './report.js';
import { scanTopics } from './scan-topics.js';
import { readClock } from './sql/read-clock.js';
import type { Surroundings } from './surroundings.js';
import { sweepOrders } from './sweep-orders.js';
import { sweepReservations } from './sweep-reservations.js';
import { type Targets, targetsOf } from './targets.js';

interface Options {
  readonly orderDatabase?: string;
  readonly inventoryDatabase?: string;
  readonly brokers?: string;
  readonly json?: string;
  readonly rows: number;
  readonly patience: number;
}

const agrees = 0;
const disagrees = 1;
const cannotTell = 2;

/** reconcile: whether both databases and the topics tell the same story. @returns the exit status */
export async function reconcile(args: readonly string[]): Promise<number> {
  const program = new Command('reconcile')
    .description(
      'Says whether both databases and the topics tell the same story: every order against its reservation, every unit of\n' +
        'stock against its movements, every event against its order. It only reads, takes no lock, and may run beside traffic.',
    )
    .option('--order-database <url>', 'of Order; of the running stack by default')
    .option('--inventory-database <url>', 'of Inventory')
    .option('--brokers <host:port,…>', 'of Kafka')
    .option('--json <file>', 'writes what was found there, whole and as JSON')
    .option('--rows <count>', 'how many disagreements to tell', wholeNumber(1, 100_000), 100)
    .option(
      '--patience <seconds>',
      'how long to wait for consumers that are behind',
      wholeNumber(0, 3_600),
      30,
    )
    .addHelpText(
      'after',
      '\nExit status: 0 everything agrees or is explained, 1 something disagrees, 2 it could not be told.',
    )
    .exitOverride();
  try {
    const options = program.parse(args, { from: 'user' }).opts<Options>();
    const summary = await takeStock(await targetsOf(options, process.env), options);
    process.stdout.write(printed(summary));
    if (options.json !== undefined) await write(options.json, summary);
    return summary.verdict === 'agrees' ? agrees : disagrees;
  } catch (error) {
    // Commander has said what is wrong, or printed the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? agrees : cannotTell;
    process.stderr.write(`${told(error)}\n`);
    return cannotTell;
  }
}

/** A sentence for what its reader can mend, the stack of a mistake of ours. */
function told(error: unknown): string {
  if (error instanceof CannotTellError) return error.message;
  return error instanceof Error ? String(error.stack) : String(error);
}

async function takeStock(targets: Targets, { rows, patience }: Options): Promise<Summary> {
  const closing: (() => Promise<void>)[] = [];
  const opened = async <Opened extends { close(): Promise<void> }>(
    opening: Promise<Opened>,
  ): Promise<Opened> => {
    const one = await opening;
    closing.push(() => one.close());
    return one;
  };
  try {
    const surroundings: Surroundings = {
      order: await opened(Database.open('order', targets.orderDatabase)),
      inventory: await opened(Database.open('inventory', targets.inventoryDatabase)),
      cluster: await opened(Cluster.open(targets.brokers)),
      report: new Report(rows),
      waitUntil: performance.now() + patience * 1_000,
    };
    const [clock] = await surroundings.order.query(readClock());
    const watermark = clock?.now ?? new Date();
    await checkDatabases(surroundings, rows);
    await sweepOrders(surroundings, watermark);
    await sweepReservations(surroundings);
    await scanTopics(surroundings);
    return surroundings.report.summary(watermark);
  } finally {
    for (const close of closing) await close();
  }
}

async function write(file: string, summary: Summary): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`);
  } catch (error) {
    throw new CannotTellError(`The report can't be written to ${file}: ${sentenceOf(error)}.`, {
      cause: error,
    });
  }
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
