import { userInfo } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

/** Who acts: recorded with the act. */
export const actorOption = () =>
  new Option('--as <name>', 'who does it, for the record').argParser(actor).default(user());

/** @throws InvalidArgumentError */
function actor(text: string): string {
  if (!/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(text)) {
    throw new InvalidArgumentError('A name has 1 to 255 characters, none of them a control character.');
  }
  return text;
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no file gives a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
