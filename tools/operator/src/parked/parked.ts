import { Command } from 'commander';
import { askRunningStack } from '../ask-running-stack.js';
import type { AskStack } from '../targets.js';
import { actCommand } from './act.js';
import { listCommand } from './list.js';
import { showCommand } from './show.js';

/** parked list|show|replay|discard: what there is to do about messages that could not be processed. */
export async function parked(args: readonly string[], askStack: AskStack = askRunningStack): Promise<void> {
  const program = new Command('parked')
    .description(
      'Looks at messages that could not be processed, sends them to their topics again or gives them up.',
    )
    .addCommand(listCommand(askStack))
    .addCommand(showCommand(askStack))
    .addCommand(actCommand('replay', askStack))
    .addCommand(actCommand('discard', askStack));
  await program.parseAsync(args, { from: 'user' });
}
