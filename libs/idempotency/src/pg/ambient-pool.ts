import type { Pool, PoolClient } from 'pg';
import { OpenTransaction } from '../engine/open-transaction.js';
import { TransactionSettledError } from '../errors.js';
import { ambientTransaction } from '../transaction.js';
import { type Control, controlOf, NestedTransactions } from './nested-transactions.js';
import { PgConnection } from './pg-connections.js';

type Callback = (error: unknown, result?: unknown) => void;

interface Ambient {
  readonly transaction: OpenTransaction;
  readonly client: PoolClient;
}

const nested = new WeakMap<OpenTransaction, NestedTransactions>();

/**
 * The same pool for your own statements: inside of an operation, `query` and `connect` give the connection of its
 * transaction, so that whatever is written commits with the key and its answer; outside, nothing changes. Give it to
 * your repositories, or to an ORM over node-postgres: `new PostgresDialect({ pool: ambientPool(pool) })` of Kysely,
 * `drizzle({ client: ambientPool(pool) })` of Drizzle.
 *
 * A transaction of the handler's own becomes a savepoint. Two of them may be nested but not overlap: there is one
 * connection. Statements beside a nested transaction belong to it, and are undone with it.
 */
export function ambientPool(pool: Pool): Pool {
  const query = (...args: unknown[]): unknown => {
    const ambient = ambientOf(pool);
    return ambient ? viewOf(ambient).query(...args) : Reflect.apply(pool.query, pool, args);
  };
  const connect = (callback?: (error: unknown, client: unknown, release: () => void) => void): unknown => {
    const ambient = ambientOf(pool);
    if (!ambient) return Reflect.apply(pool.connect, pool, callback ? [callback] : []);
    const client = clientOf(ambient);
    if (!callback) return Promise.resolve(client);
    callback(undefined, client, ignore);
    return undefined;
  };
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'query') return query;
      if (property === 'connect') return connect;
      return boundTo(target, property);
    },
  });
}

function ambientOf(pool: Pool): Ambient | undefined {
  const transaction = ambientTransaction();
  if (!(transaction instanceof OpenTransaction)) return undefined;
  const { connection } = transaction;
  if (!(connection instanceof PgConnection) || connection.pool !== pool) return undefined;
  return { transaction, client: connection.client };
}

/** The operation's client as one of its users sees it: releasing it is not his to do. */
function clientOf(ambient: Ambient): PoolClient {
  const { query } = viewOf(ambient);
  return new Proxy(ambient.client, {
    get(target, property) {
      if (property === 'query') return query;
      if (property === 'release') return ignore;
      return boundTo(target, property);
    },
  });
}

function viewOf({ transaction, client }: Ambient): { query(...args: unknown[]): unknown } {
  const user = Symbol('user of the ambient client');
  const open = nested.get(transaction) ?? new NestedTransactions();
  nested.set(transaction, open);

  const perform = async (
    statement: unknown,
    args: readonly unknown[],
    control: Control,
  ): Promise<unknown> => {
    if (transaction.isSettled) throw new TransactionSettledError();
    const translated = open.translate(control, user);
    if (!translated) return Reflect.apply(client.query, client, [statement, ...args]);
    let result: unknown;
    for (const text of translated) result = await client.query(text);
    return result;
  };
  return {
    query: (statement, ...args) => {
      const text = textOf(statement);
      if (text === undefined) {
        // A cursor or a stream, which sends itself.
        if (transaction.isSettled) throw new TransactionSettledError();
        return Reflect.apply(client.query, client, [statement, ...args]);
      }
      const last = args.at(-1);
      if (!isCallback(last)) return perform(statement, args, controlOf(text));
      perform(statement, args.slice(0, -1), controlOf(text)).then(
        (result) => last(undefined, result),
        (error) => last(error),
      );
      return undefined;
    },
  };
}

function boundTo(target: object, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === 'function' && property !== 'constructor' ? value.bind(target) : value;
}

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) return undefined;
  return 'text' in statement && typeof statement.text === 'string' ? statement.text : undefined;
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

function ignore(): void {}
