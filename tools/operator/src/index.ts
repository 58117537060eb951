export { run } from './run.js';

/** outbox stats|list|replay|set-aside. Loaded when it is called: a command starts without what only the other one needs. */
export async function outbox(args: readonly string[]): Promise<void> {
  const command = await import('./outbox/outbox.js');
  await command.outbox(args);
}

/** parked list|show|replay|discard. */
export async function parked(args: readonly string[]): Promise<void> {
  const command = await import('./parked/parked.js');
  await command.parked(args);
}

/** keys erase. */
export async function keys(args: readonly string[]): Promise<void> {
  const command = await import('./keys/keys.js');
  await command.keys(args);
}
