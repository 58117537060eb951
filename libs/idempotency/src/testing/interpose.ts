import type { Pool, PoolClient } from 'pg';
import type { Connection, ConnectionSource } from '../connection.js';
import type { Interposer, Line } from './line.js';

/** A TypeORM DataSource of type `postgres`, or a pool of node-postgres: where a program's connections come from. */
export type Database = Pool | { readonly driver: object };

export function poolOf(database: Database): Pool {
  const pool: unknown = 'driver' in database ? Reflect.get(database.driver, 'master') : database;
  if (!isPool(pool)) {
    throw new TypeError(
      'Give a pool of node-postgres, or an initialized TypeORM DataSource of type "postgres".',
    );
  }
  return pool;
}

function isPool(value: unknown): value is Pool {
  return typeof value === 'object' && value !== null && 'connect' in value && 'on' in value;
}

type Callback = (error: unknown, result?: unknown) => void;

/**
 * Puts `interposer` before every connection that the pool hands out from now on, whoever asks for it and through
 * whatever ORM. The pool itself needs to know nothing.
 *
 * @returns takes it away again
 */
export function interposePool(pool: Pool, interposer: Interposer): () => void {
  const takeAway: (() => void)[] = [];
  const known = new WeakSet<PoolClient>();
  const acquired = (client: PoolClient): void => {
    if (known.has(client)) return;
    known.add(client);
    // A connection that is cut says 'error', and a dead process has nobody to hear it.
    client.on('error', () => undefined);
    const line = interposer.line(() => client.connection.stream.destroy());
    const query = client.query;
    Object.assign(client, { query: through(line, client, query) });
    takeAway.push(() => Object.assign(client, { query }));
  };
  pool.on('acquire', acquired);
  return () => {
    pool.removeListener('acquire', acquired);
    for (const each of takeAway) each();
  };
}

function through(line: Line, client: PoolClient, query: PoolClient['query']) {
  return (...args: unknown[]): unknown => {
    const [statement] = args;
    const text = textOf(statement);
    // A cursor or a stream, which sends itself.
    if (text === undefined) return Reflect.apply(query, client, args);
    const last = args.at(-1);
    if (!isCallback(last)) return line.send(text, () => Reflect.apply(query, client, args));
    line
      .send(text, () => Reflect.apply(query, client, args.slice(0, -1)))
      .then(
        (result) => last(undefined, result),
        (error) => last(error),
      );
    return undefined;
  };
}

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) return undefined;
  return 'text' in statement && typeof statement.text === 'string' ? statement.text : undefined;
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

/** The same for a source of connections, whatever driver is beneath it: what goes past `run` is not seen. */
export function interposeConnections(
  connections: ConnectionSource,
  interposer: Interposer,
): ConnectionSource {
  return {
    connect: async () => {
      const connection = await connections.connect();
      let gone = false;
      const release = (error?: Error): void => {
        if (gone) return;
        gone = true;
        connection.release(error);
      };
      const line = interposer.line(() => release(new Error('cut by the suite')));
      const interposed: Connection = {
        pipelined: connection.pipelined,
        run: (statement) => line.send(statement.text, () => connection.run(statement)),
        release,
      };
      return interposed;
    },
  };
}
