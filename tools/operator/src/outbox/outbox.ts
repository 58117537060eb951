import { Command } from 'commander';
import { askRunningStack } from '../ask-running-stack.js';
import type { AskStack } from '../targets.js';
import { listCommand } from './list.js';
import { replayCommand } from './replay.js';
import { setAsideCommand } from './set-aside.js';
import { statsCommand } from './stats.js';

/** outbox stats|list|replay|set-aside: what there is to do about events on their way to Kafka. */
export async function outbox(args: readonly string[], askStack: AskStack = askRunningStack): Promise<void> {
  const program = new Command('outbox')
    .description('Looks at the outboxes of the services, and sends again or gives up what is in them.')
    .addCommand(statsCommand(askStack))
    .addCommand(listCommand(askStack))
    .addCommand(replayCommand(askStack))
    .addCommand(setAsideCommand(askStack));
  await program.parseAsync(args, { from: 'user' });
}
