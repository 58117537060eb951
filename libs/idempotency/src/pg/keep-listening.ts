import type { Pool } from 'pg';

/** Pools that have been told already. */
const told = new WeakSet<object>();

/**
 * Connections of this pool never lack a listener for errors. The pool listens while they are idle and whoever has taken one listens
 * from then on, but a promise lies between: a server that ends a connection with the packet after its welcome, as one that restarts
 * does, is heard by nobody in that moment, and Node ends the process for it. Whoever uses the connection hears of it all the same.
 */
export function keepListening(pool: Pick<Pool, 'on'>): void {
  if (told.has(pool)) return;
  told.add(pool);
  pool.on('connect', (client) => client.on('error', ignore));
}

function ignore(): void {}
