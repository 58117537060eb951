import { Ambient } from '../ambient.js';
import { OpenTransaction } from '../engine/open-transaction.js';
import { TransactionSettledError } from '../errors.js';
import { ambientTransaction } from '../transaction.js';
import type { TypeOrmDataSource, TypeOrmEntityManager, TypeOrmQueryRunner } from './shapes.js';
import { originalCreateQueryRunner, TypeOrmConnection } from './typeorm-connections.js';

/** A nested transaction of the handler's own: its savepoint has the connection to itself until it ends. */
interface Nesting {
  readonly transaction: OpenTransaction;
  /** Settled when no nested transaction of this level is open. */
  turn: Promise<void>;
}

const nesting = new Ambient<Nesting>();
const joined = new WeakSet<TypeOrmDataSource>();
const outermost = new WeakMap<OpenTransaction, Nesting>();
const views = new WeakMap<OpenTransaction, TypeOrmQueryRunner>();

/**
 * Lets everything that asks `dataSource` for a query runner while an operation is executed have the operation's own:
 * `repository.save`, query builders, `dataSource.query`, and nested `dataSource.transaction`, which becomes a savepoint.
 * TypeORM's repositories don't join a transaction by themselves. Outside of operations nothing changes.
 *
 * Sibling nested transactions take turns, and so do queries beside them: one connection has one savepoint at a time.
 */
export function joinAmbientTransactions(dataSource: TypeOrmDataSource): void {
  if (joined.has(dataSource)) return;
  joined.add(dataSource);
  const createQueryRunner = originalCreateQueryRunner(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const ambient = ambientOf(dataSource);
    return ambient ? viewIn(dataSource, ambient.runner, ambient.transaction) : createQueryRunner(mode);
  };
  takeTurns(dataSource, dataSource.manager);
}

/** Nested transactions of siblings one after the other, whichever manager they are asked of. */
function takeTurns(dataSource: TypeOrmDataSource, manager: TypeOrmEntityManager): void {
  const original = manager.transaction;
  const inTurn = (...args: unknown[]): Promise<unknown> => {
    const transaction = (): Promise<unknown> => Reflect.apply(original, manager, args);
    const ambient = ambientOf(dataSource);
    return ambient ? nest(currentNesting(ambient.transaction), transaction) : transaction();
  };
  Object.assign(manager, { transaction: inTurn });
}

function ambientOf(
  dataSource: TypeOrmDataSource,
): { transaction: OpenTransaction; runner: TypeOrmQueryRunner } | undefined {
  const transaction = ambientTransaction();
  if (!(transaction instanceof OpenTransaction)) return undefined;
  const { connection } = transaction;
  if (!(connection instanceof TypeOrmConnection) || connection.runner.dataSource !== dataSource)
    return undefined;
  return { transaction, runner: connection.runner };
}

function currentNesting(transaction: OpenTransaction): Nesting {
  const current = nesting.get();
  if (current?.transaction === transaction) return current;
  const outer = outermost.get(transaction) ?? { transaction, turn: Promise.resolve() };
  outermost.set(transaction, outer);
  return outer;
}

/** Waits for its turn among its siblings, then runs `work` one level deeper. */
async function nest<Result>(level: Nesting, work: () => Promise<Result>): Promise<Result> {
  const before = level.turn;
  const inner: Nesting = { transaction: level.transaction, turn: Promise.resolve() };
  const running = before.then(() => nesting.run(inner, work));
  level.turn = running.then(
    () => undefined,
    () => undefined,
  );
  return running;
}

/** One view for all that an operation does: TypeORM asks for a query runner at every find and every save. */
function viewIn(
  dataSource: TypeOrmDataSource,
  runner: TypeOrmQueryRunner,
  transaction: OpenTransaction,
): TypeOrmQueryRunner {
  const view = views.get(transaction) ?? viewOf(dataSource, runner, transaction);
  views.set(transaction, view);
  return view;
}

/**
 * The operation's runner as one of its users sees it: releasing it is not his to do, and it throws once the operation
 * is over.
 */
function viewOf(
  dataSource: TypeOrmDataSource,
  runner: TypeOrmQueryRunner,
  transaction: OpenTransaction,
): TypeOrmQueryRunner {
  const own: { manager?: TypeOrmEntityManager } = {};
  const query: TypeOrmQueryRunner['query'] = async (...args: Parameters<TypeOrmQueryRunner['query']>) => {
    // Of where the query is made, not of where the runner was: an inner transaction may use an outer one's manager.
    await currentNesting(transaction).turn;
    // After the wait: a write that nobody awaited would else follow the COMMIT, on its own.
    if (transaction.isSettled) throw new TransactionSettledError();
    return Reflect.apply(runner.query, view, args);
  };
  let client: unknown;
  const connect = async (): Promise<unknown> => {
    client ??= guarded(await runner.connect(), transaction);
    return client;
  };
  const methods = new Map<string | symbol, Bound>();
  const view: TypeOrmQueryRunner = new Proxy(runner, {
    get(target, property) {
      if (property === 'release') return () => Promise.resolve();
      if (property === 'query') return query;
      if (property === 'connect') return connect;
      if (property === 'manager') return own.manager;
      return boundOnce(methods, view, property, Reflect.get(target, property, target));
    },
    set(target, property, value: unknown) {
      return Reflect.set(target, property, value, target);
    },
  });
  own.manager = dataSource.createEntityManager(view);
  takeTurns(dataSource, own.manager);
  return view;
}

/**
 * A client of the driver that sends nothing once the transaction is settled. TypeORM awaits a few things between its
 * `query` and the client's: what nobody awaits could reach the client behind the COMMIT, and write on its own or into
 * the connection's next transaction.
 */
function guarded(client: unknown, transaction: OpenTransaction): unknown {
  if (typeof client !== 'object' || client === null) return client;
  const methods = new Map<string | symbol, Bound>();
  return new Proxy(client, {
    get(target, property) {
      if (property === 'query' && transaction.isSettled) throw new TransactionSettledError();
      return boundOnce(methods, target, property, Reflect.get(target, property, target));
    },
  });
}

interface Bound {
  readonly method: unknown;
  readonly bound: unknown;
}

/** A method bound to its owner, anything else as it is. Bound once: TypeORM reads the same few hundreds of times. */
function boundOnce(
  methods: Map<string | symbol, Bound>,
  owner: object,
  property: string | symbol,
  value: unknown,
): unknown {
  if (typeof value !== 'function' || property === 'constructor') return value;
  const known = methods.get(property);
  if (known?.method === value) return known.bound;
  const bound: unknown = value.bind(owner);
  methods.set(property, { method: value, bound });
  return bound;
}
