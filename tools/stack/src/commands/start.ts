import type { Progress } from '@semel/platform';
import { Command, InvalidArgumentError } from 'commander';
import { foldersOf, root } from '../folders.js';
import { Stack } from '../stack.js';
import { namedPorts } from '../supervision/ports.js';
import { urlOf } from '../the-shop.js';
import { watchSources } from '../watch.js';

export interface Voice {
  /** A line that stays. */
  say(line: string): void;
  /** A state that the next one replaces. */
  update: Progress;
}

/** A Ctrl-C comes twice, from the terminal and from npm: only a later one means force. */
const echo = 1_000;

/** npm start: runs the stack until a signal ends it. @returns the exit status */
export async function start(
  args: readonly string[],
  voice: Voice,
  rebuild: () => Promise<void>,
): Promise<number> {
  const program = new Command('npm start --')
    .description(
      'Runs the whole shop on this machine: PostgreSQL, Kafka, order, inventory and the console. Ctrl-C stops it.',
    )
    .option('--fresh', 'start from empty data')
    .option('--watch', 'rebuild and restart a service when its sources change')
    .option('--instances <n>', 'processes of each of order and inventory', count, 1)
    .addHelpText('after', environmentHelp())
    .parse(args, { from: 'user' });
  const options = program.opts<{ fresh?: boolean; watch?: boolean; instances: number }>();
  const stack = new Stack({
    folders: foldersOf(root),
    env: process.env,
    fresh: options.fresh === true,
    instances: options.instances,
    say: voice.say,
    progress: voice.update,
  });
  const ended = untilSignal(stack, voice);
  try {
    const shop = await Promise.race([stack.start(), ended.then(() => undefined)]);
    if (shop === undefined) return 0;
    voice.say(
      table(['console', 'order', 'inventory'].map((name) => [name, urlOf(shop, name), about[name] ?? ''])),
    );
    voice.say('Ready.');
    if (options.watch === true) await watchSources(root, stack.services, rebuild, voice);
  } catch (error) {
    // What a signal interrupted has failed because it was asked to.
    if (!stack.isStopping) {
      await stack.stop();
      throw error;
    }
  }
  await ended;
  return 0;
}

const about: Readonly<Record<string, string>> = {
  console: 'the page that shows it all',
  order: '/docs, /openapi.json, /metrics',
  inventory: '/docs, /openapi.json, /metrics',
};

function untilSignal(stack: Stack, voice: Voice): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (first === undefined) {
        first = Date.now();
        voice.say(`${signal}: stopping.`);
        void stack.stop().then(() => {
          voice.say('Stopped.');
          resolve();
        });
      } else if (Date.now() - first > echo) {
        voice.say(`${signal} again: stopping by force.`);
        // The leashes end what is left, once this process has gone.
        process.exit(130);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `\n${lines.join('\n')}\n\nA token: npm run -s token -- --sub alice    What runs: npm run -s stack -- ps\n`;
}

function environmentHelp(): string {
  const ports = namedPorts.map(
    ({ service, variable, standard }) =>
      `  ${variable.padEnd(16)} the port of ${service}, ${standard} by default`,
  );
  return `
Environment:
${ports.join('\n')}
  ORDER_DATABASE_URL, INVENTORY_DATABASE_URL  your own PostgreSQL, in place of an embedded one
  KAFKA_BROKERS    your own Kafka, in place of an embedded one
`;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 8) throw new InvalidArgumentError('From 1 to 8.');
  return value;
}
