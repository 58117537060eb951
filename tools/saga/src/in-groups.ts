import { setTimeout as pause } from 'node:timers/promises';
import type { Engine, Operation, Outcome } from '@semel/idempotency';

/** Below the 500 that the engine puts into one transaction, so that what is given together stays together. */
const groupSize = 400;

/** One transaction's worth of operations; those of one owner are never told apart. */
function groupsOf<Owned extends { readonly operations: readonly unknown[] }>(
  all: readonly Owned[],
): Owned[][] {
  const groups: Owned[][] = [];
  let room = 0;
  for (const owned of all) {
    if (owned.operations.length > room) {
      groups.push([]);
      room = groupSize;
    }
    room -= owned.operations.length;
    groups.at(-1)?.push(owned);
  }
  return groups;
}

/** What the operations of one order in one batch came to. */
export interface Batch<Input> {
  readonly operations: readonly Operation<Input>[];
  readonly tell: (outcomes: readonly Outcome[]) => void;
}

type Effect<Input> = Parameters<typeof Engine.prototype.execute<Input>>[1];

/** Executes the batches of many orders in few transactions. What is in flight elsewhere is tried again, as a consumer does. */
export async function inGroups<Input>(
  engine: Engine,
  batches: readonly Batch<Input>[],
  effect: Effect<Input>,
): Promise<void> {
  for (const group of groupsOf(batches)) {
    const operations = group.flatMap((batch) => batch.operations);
    let outcomes = await engine.execute(operations, effect);
    while (outcomes.some(({ kind }) => kind === 'in-flight')) {
      await pause(1);
      outcomes = await engine.execute(operations, effect);
    }
    let at = 0;
    for (const batch of group) {
      batch.tell(outcomes.slice(at, at + batch.operations.length));
      at += batch.operations.length;
    }
  }
}
