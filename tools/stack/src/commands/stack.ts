import { Command } from 'commander';
import { foldersOf, root } from '../folders.js';
import { readRunningState, type StackState } from '../stack-state.js';

/** stack -- env|ps: what there is to know about the running stack. @returns the exit status */
export async function stack(args: readonly string[]): Promise<number> {
  let status = 0;
  const program = new Command('stack').description('Tells about the running stack of this clone.');
  program
    .command('env')
    .description('KEY=VALUE lines: the URLs of the services, of their databases, and the brokers')
    .action(async () => {
      status = await told(
        ({ environment }) => environment && lines(Object.entries(environment).map((pair) => pair.join('='))),
      );
    });
  program
    .command('ps')
    .description('one line a process: name pid port state')
    .action(async () => {
      status = await told(({ processes }) =>
        lines(processes.map(({ name, pid, port, state }) => `${name} ${pid ?? '-'} ${port ?? '-'} ${state}`)),
      );
    });
  await program.parseAsync(args, { from: 'user' });
  return status;
}

async function told(text: (state: StackState) => string | null): Promise<number> {
  const state = await readRunningState(foldersOf(root).stateFile);
  if (state === undefined) {
    process.stderr.write('No stack of this clone is running: npm start starts one.\n');
    return 1;
  }
  const answer = text(state);
  if (answer === null) {
    process.stderr.write('The stack of this clone is still starting: ask again when it has said Ready.\n');
    return 1;
  }
  process.stdout.write(answer);
  return 0;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
