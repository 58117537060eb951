import { localToken, runningEnvironment } from '@semel/stack';
import { Command } from 'commander';
import { kills } from './chapters/kills.js';
import { ledger } from './chapters/ledger.js';
import { repeatedEvent } from './chapters/repeated-event.js';
import { lostAnswer, retries } from './chapters/retries.js';
import { ShopClient } from './shop-client.js';
import { Teller } from './teller.js';
import type { Chapter, Tour } from './tour.js';

const chapters: readonly Chapter[] = [retries, lostAnswer, repeatedEvent, kills, ledger];
/** After each chapter, for whoever reads along: the whole tour takes about a minute. */
const readingTime = 5_000;

/** npm run demo: the story of Semel, by real requests to the running stack. @returns the exit status: 1 where a promise did not hold */
export async function demo(args: readonly string[]): Promise<number> {
  const program = new Command('npm run demo --')
    .description(
      'Shows in about a minute what Semel promises: a double click, 25 retries at once, a lost answer, an event that comes three\n' +
        'times, both services killed while clients order; and counts in both databases. Uses the running stack, or starts one.',
    )
    .option('--fast', 'without pauses for reading')
    .addHelpText('after', '\nExit status: 0 every promise held, 1 one did not.')
    .parse(args, { from: 'user' });
  const { fast = false } = program.opts<{ fast?: boolean }>();
  const environment = await runningEnvironment();
  if (environment === undefined) {
    process.stderr.write('No stack of this clone is running: npm start starts one.\n');
    return 1;
  }
  const teller = new Teller({
    colours: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    pause: fast ? 0 : readingTime,
    write: (text) => process.stdout.write(text),
  });
  const customer = await localToken({ sub: 'alice' });
  const tour: Tour = {
    teller,
    environment,
    client: new ShopClient(environment.ORDER_URL ?? '', customer),
    acknowledged: [],
  };
  for (const chapter of chapters) await chapter(tour);
  teller.end();
  teller.line(`See it live: ${environment.CONSOLE_URL}`);
  return teller.failures === 0 ? 0 : 1;
}
