import { OperatorError } from './operator-error.js';

/** Runs a command to its exit status: a sentence for what the operator can mend, the stack of a mistake of ours else. */
export async function run(command: () => Promise<void>): Promise<number> {
  try {
    await command();
    return 0;
  } catch (error) {
    const told = error instanceof OperatorError ? error.message : error instanceof Error && error.stack;
    process.stderr.write(`${told || String(error)}\n`);
    return 1;
  }
}
