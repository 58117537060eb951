import { asError } from '../errors.js';
import { sameRequest } from '../fingerprint.js';
import { identityOf, type LockNames, lockNamesOf } from '../identity.js';
import type { Operation, Outcome } from '../operation.js';
import { forgetKeys } from '../sql/forget-keys.js';
import { lockKeys } from '../sql/lock-keys.js';
import { type KnownKey, lookUpKeys } from '../sql/look-up-keys.js';
import { probeLocks } from '../sql/probe-locks.js';
import type { OpenTransaction } from './open-transaction.js';
import type { Vault } from './vault.js';

/** What a claim found: the operations to execute, in the order given, and what became of the others. */
export interface Claim<Input> {
  readonly granted: readonly Operation<Input>[];
  readonly decided: ReadonlyMap<Operation<Input>, Outcome>;
  /** When the transaction began: it tells the rows that it stores from everybody else's. */
  readonly began: string | undefined;
  readonly known: readonly KnownKey[];
}

/** A claim before anything was done for it. */
export interface Survey<Input> extends Claim<Input> {
  /** Rows of granted operations: their life is over, or they were leased once and abandoned. */
  readonly over: readonly KnownKey[];
}

/** Claims the operations' keys; what stood in the way and is over, is forgotten with the transaction's commit. */
export async function claim<Input>(
  transaction: OpenTransaction,
  operations: readonly Operation<Input>[],
  vault: Vault,
): Promise<Claim<Input>> {
  const { over, ...claimed } = await survey(transaction, operations, vault);
  if (over.length > 0) await transaction.claimMore([forgetKeys(over)]);
  return claimed;
}

/**
 * Opens the transaction and claims the operations' keys: lock, then look. Who holds a key's lock and sees no row, in a
 * statement after the lock, is the only one who can execute it before this transaction ends.
 *
 * The operations are of different (identity, fingerprint); of several requests for one free key the first is granted
 * and the others stay undecided (in neither of the answer's collections) until it is known what became of it.
 */
export async function survey<Input>(
  transaction: OpenTransaction,
  operations: readonly Operation<Input>[],
  vault: Vault,
): Promise<Survey<Input>> {
  const names = new Map(operations.map((operation) => [operation, lockNamesOf(operation)] as const));
  const keys = distinctBy(operations, identityOf);
  const [locked, known] = await transaction.open([lockKeys(distinctLocks(names)), lookUpKeys(keys)]);
  const held = new Set(locked.rows.filter(({ got }) => got).map(({ lock }) => lock));
  const rows = new Map(known.rows.map((row) => [identityOf(row), row]));

  const granted: Operation<Input>[] = [];
  const decided = new Map<Operation<Input>, Outcome>();
  const refused: Operation<Input>[] = [];
  const over: KnownKey[] = [];
  const taken = new Set<string>();
  for (const operation of operations) {
    const identity = identityOf(operation);
    const row = rows.get(identity);
    if (row && !isOver(row, operation)) {
      decided.set(operation, outcomeOf(row, operation, vault));
    } else if (!held.has(lockOf(names, operation))) {
      refused.push(operation);
    } else if (!taken.has(identity)) {
      taken.add(identity);
      granted.push(operation);
      if (row) over.push(row);
    }
  }
  if (refused.length > 0) await decideRefused(transaction, refused, names, decided, vault);
  return { granted, decided, over, known: known.rows, began: locked.rows[0]?.began };
}

/** An abandoned operation still stands for its request: another one is refused until the key's life is over. */
function isOver(row: KnownKey, operation: Operation): boolean {
  return row.expired || (row.abandoned && sameRequest(row.fingerprint, operation.fingerprint));
}

function outcomeOf(row: KnownKey, operation: Operation, vault: Vault): Outcome {
  if (!sameRequest(row.fingerprint, operation.fingerprint)) return { kind: 'mismatched' };
  if (row.status === 'Received') return { kind: 'in-flight' };
  try {
    return { kind: 'replayed', answer: { ...vault.take(row, row), expiresAt: row.expires_at } };
  } catch (error) {
    return { kind: 'failed', error: asError(error) };
  }
}

/** Somebody else holds the lock: his marker tells whether for the same request (in flight) or another (mismatched). */
async function decideRefused<Input>(
  transaction: OpenTransaction,
  refused: readonly Operation<Input>[],
  names: ReadonlyMap<Operation<Input>, LockNames>,
  decided: Map<Operation<Input>, Outcome>,
  vault: Vault,
): Promise<void> {
  for (const operation of refused) decided.set(operation, { kind: 'in-flight' });
  const telling = refused.filter((operation) => names.get(operation)?.marker !== undefined);
  if (telling.length === 0) return;
  const probes = await transaction.query(
    probeLocks(telling.flatMap((operation) => names.get(operation) ?? [])),
  );
  const others = new Set(
    probes.filter((probe) => probe.other_request).map(({ lock, request }) => `${lock}/${request}`),
  );
  const suspected = telling.filter((operation) => {
    const name = names.get(operation);
    return others.has(`${name?.lock}/${name?.marker?.request}`);
  });
  if (suspected.length === 0) return;
  // The holder may have its lock only since we looked, and be about to let it go: what was decided before is seen now.
  const known = await transaction.query(lookUpKeys(distinctBy(suspected, identityOf)));
  const rows = new Map(known.map((row) => [identityOf(row), row]));
  for (const operation of suspected) {
    const row = rows.get(identityOf(operation));
    decided.set(
      operation,
      row && !isOver(row, operation) ? outcomeOf(row, operation, vault) : { kind: 'mismatched' },
    );
  }
}

/** In one fixed order, so that two groups which want the same keys never wait for each other in a circle. */
function distinctLocks<Input>(names: ReadonlyMap<Operation<Input>, LockNames>): LockNames[] {
  return distinctBy([...names.values()], ({ lock }) => lock).sort((left, right) =>
    BigInt(left.lock) < BigInt(right.lock) ? -1 : 1,
  );
}

function lockOf<Input>(names: ReadonlyMap<Operation<Input>, LockNames>, operation: Operation<Input>): string {
  return names.get(operation)?.lock ?? '';
}

function distinctBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const first = new Map<string, Item>();
  for (const item of items) {
    const name = nameOf(item);
    if (!first.has(name)) first.set(name, item);
  }
  return [...first.values()];
}
