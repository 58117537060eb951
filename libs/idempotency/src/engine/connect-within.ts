import type { Connection, ConnectionSource } from '../connection.js';
import { asError, IdempotencyUnavailableError } from '../errors.js';
import { within } from './deadline.js';

/**
 * A connection, or the word that none was had; one that comes too late goes back to the pool.
 *
 * @throws IdempotencyUnavailableError
 */
export async function connectWithin(
  connections: ConnectionSource,
  milliseconds: number,
): Promise<Connection> {
  const connecting = connections.connect();
  const connection = await within(connecting.catch(asError), milliseconds);
  if (connection === undefined) {
    connecting.then(
      (late) => late.release(),
      () => undefined,
    );
    throw new IdempotencyUnavailableError(`No database connection was had within ${milliseconds} ms.`);
  }
  if (connection instanceof Error) {
    throw new IdempotencyUnavailableError('The idempotency store could not be reached.', {
      cause: connection,
    });
  }
  return connection;
}
