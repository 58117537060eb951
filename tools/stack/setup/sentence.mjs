/** What a person has to know and can do something about: printed as it is, without a stack. */
export class Sentence extends Error {
  name = 'Sentence';
}

/** Runs a command of ours to its exit status: a sentence for what has one, the stack of a mistake of ours for the rest. */
export async function runCommand(command) {
  try {
    process.exitCode = (await command()) ?? 0;
  } catch (error) {
    // PlatformError is another package's, and not loaded yet when the installation fails.
    const known = error instanceof Sentence || error?.name === 'PlatformError';
    process.stderr.write(`${known ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
