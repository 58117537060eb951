import { replayPublished } from '@semel/outbox';
import { Command } from 'commander';
import { type Database, forEachDatabase } from '../database.js';
import { instantOf, type Moment, momentIn } from '../moment.js';
import { type Printed, printJson } from '../print.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';

interface ReplayOptions extends TargetOptions, Printed {
  readonly since: Moment;
  readonly until?: Moment;
  readonly topic?: string;
  readonly key?: string;
}

/** Rows of one transaction: short enough that nothing waits for it. */
const portion = 1_000;

export function replayCommand(askStack: AskStack): Command {
  return new Command('replay')
    .description('sends events again that were published in a time: consumers drop what they know')
    .requiredOption(
      '--since <moment>',
      'published at or after: an instant (ISO 8601 with a zone), or 30m, 12h, 2d ago',
      momentIn,
    )
    .option('--until <moment>', 'published before; now by default', momentIn)
    .option('--topic <topic>', 'of this topic alone')
    .option('--key <key>', 'of this message key alone')
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample: npm run -s outbox -- replay --since 2h --topic purchases')
    .action(async (options: ReplayOptions) => {
      const targets = await targetsOf(options, process.env, askStack);
      const replayed = await forEachDatabase(targets, (database) => replay(database, options));
      if (options.json) {
        printJson(replayed);
        return;
      }
      for (const { service, events, since, until } of replayed) {
        const window = `published from ${since.toISOString()} to ${until.toISOString()}`;
        process.stdout.write(`${service}: ${events} event(s) ${window} will be sent again.\n`);
      }
    });
}

async function replay(database: Database, { since, until, topic, key }: ReplayOptions) {
  const now = await database.now();
  const window = { since: instantOf(since, now), until: until === undefined ? now : instantOf(until, now) };
  let [events, after] = [0, '0'];
  for (;;) {
    const [done] = await database.query(replayPublished({ ...window, topic, key, after, limit: portion }));
    events += done?.events ?? 0;
    if (done === undefined || done.last === null || done.events < portion) break;
    after = done.last;
  }
  return { service: database.service, events, ...window };
}
