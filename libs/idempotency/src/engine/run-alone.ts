import type { ConnectionSource } from '../connection.js';
import { asError } from '../errors.js';
import type { Statement } from '../statement.js';

/**
 * Runs one autocommitted statement on a connection that is given back at once: between two of them traffic has its turn.
 *
 * @returns its first row
 */
export async function runAlone<Row extends object>(
  source: ConnectionSource,
  statement: Statement<Row>,
): Promise<Row | undefined> {
  const connection = await source.connect();
  try {
    const { rows } = await connection.run(statement);
    connection.release();
    return rows[0];
  } catch (error) {
    connection.release(asError(error));
    throw error;
  }
}
