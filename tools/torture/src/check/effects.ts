import { groupBy } from './group-by.js';
import type { Invariant } from './invariant.js';
import { answered, keyOfSignature } from './testimony.js';

/** A cancellation that was answered 200 is there for ever, and nothing is cancelled that nobody asked to cancel. */
export const cancellationsExact: Invariant = function* ({ keys, order }) {
  const byId = new Map(order.orders.map((one) => [one.id, one]));
  const asked = new Set<string>();
  for (const key of keys.values()) {
    for (const { command } of key.attempts)
      if (command.orderId !== undefined && byId.get(command.orderId)?.customerId === key.caller)
        asked.add(command.orderId);
    for (const { answer, command } of answered(key)) {
      if (command.kind !== 'cancel' || answer.status !== 200) continue;
      const status = byId.get(command.orderId ?? '')?.status;
      if (status !== 'cancelled')
        yield {
          key: key.id,
          orderId: command.orderId ?? '',
          sentence: `Its cancellation was answered 200, and the order is ${status}.`,
        };
    }
  }
  for (const { id, status } of order.orders) {
    if (status === 'cancelled' && !asked.has(id))
      yield { orderId: id, sentence: `The order ${id} is cancelled, and its customer never asked for that.` };
  }
};

/** An adjustment that was answered 200 is one movement; any key is one at most, and one that was refused is none. */
export const adjustmentsExact: Invariant = function* ({ keys, inventory }) {
  const movements = inventory.movements.filter(({ kind }) => kind === 'adjustment');
  const byKey = groupBy(movements, ({ actor, reason }) => keyOfSignature(actor, reason));
  for (const [id, moved] of byKey) {
    if (id === undefined || !keys.has(id))
      yield { sentence: `Nobody asked for ${moved.length} adjustments of ${moved[0]?.sku}.` };
    else if (moved.length > 1) yield { key: id, sentence: `It moved stock ${moved.length} times.` };
  }
  for (const key of keys.values()) {
    for (const { answer, command } of answered(key)) {
      if (command.kind !== 'adjust') continue;
      const moved = byKey.get(key.id) ?? [];
      const [only] = moved;
      const exact =
        answer.status === 200
          ? moved.length === 1 && only?.available === command.delta && only?.sku === command.sku
          : moved.length === 0;
      if (!exact)
        yield {
          key: key.id,
          sentence: `It was answered ${answer.status} to ${command.delta} of ${command.sku}, and moved ${JSON.stringify(moved)}.`,
        };
    }
  }
};

/** What is on the shelf is what was there, and what the movements did to it; what is reserved is what orders hold. */
export const stockExact: Invariant = function* ({ shelf, inventory }) {
  const held = new Map<string, number>();
  for (const { status, lines } of inventory.reservations)
    if (status === 'reserved')
      for (const { sku, quantity } of lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
  const moved = groupBy(inventory.movements, ({ sku }) => sku);
  for (const { sku, available, reserved } of inventory.stock) {
    const sums = (moved.get(sku) ?? []).reduce(
      (sum, one) => ({ available: sum.available + one.available, reserved: sum.reserved + one.reserved }),
      { available: 0, reserved: 0 },
    );
    if (available < 0 || reserved < 0)
      yield { sentence: `Of ${sku}, ${available} are available and ${reserved} reserved.` };
    if (available !== sums.available || reserved !== sums.reserved)
      yield {
        sentence: `Of ${sku}, ${available} are available and ${reserved} reserved, and the movements come to ${sums.available} and ${sums.reserved}.`,
      };
    if (reserved !== (held.get(sku) ?? 0))
      yield { sentence: `Of ${sku}, ${reserved} are reserved, and orders hold ${held.get(sku) ?? 0}.` };
    const began = shelf[sku];
    if (began === undefined) continue;
    const adjusted = (moved.get(sku) ?? [])
      .filter(({ kind }) => kind === 'adjustment')
      .reduce((sum, one) => sum + one.available, 0);
    if (available + reserved !== began + adjusted)
      yield {
        sentence: `Of ${sku} there were ${began}, ${adjusted} came by adjustments, and there are ${available} + ${reserved}.`,
      };
  }
};

/** The pairs of docs/saga.md in which an order may come to rest. */
const atRest = new Set([
  'confirmed reserved',
  'rejected rejected',
  'cancelled released',
  'cancelled rejected',
]);

/** Every order has its reservation, with the same contents; its stock was taken once, and given back once if it was. */
export const reservationsExact: Invariant = function* ({ order, inventory }) {
  const reservations = new Map(inventory.reservations.map((one) => [one.orderId, one]));
  const moved = groupBy(inventory.movements, ({ orderId }) => orderId);
  for (const one of order.orders) {
    const kept = reservations.get(one.id);
    const story = { orderId: one.id };
    if (!kept || !atRest.has(`${one.status} ${kept.status}`)) {
      yield {
        ...story,
        sentence: `The order ${one.id} is ${one.status}, and its reservation ${kept?.status ?? 'is not there'}.`,
      };
      continue;
    }
    if (kept.customerId !== one.customerId)
      yield { ...story, sentence: `The reservation of ${one.id} is of ${kept.customerId}.` };
    const stillborn = kept.status === 'released' && kept.lines.length === 0;
    if (!stillborn && contents(kept.lines) !== contents(one.lines))
      yield { ...story, sentence: `The reservation of ${one.id} has other lines.` };
    if (
      one.status === 'rejected' &&
      (one.rejectionCode !== kept.rejectionCode || one.rejectionSku !== kept.rejectionSku)
    )
      yield {
        ...story,
        sentence: `The order ${one.id} was rejected for ${one.rejectionCode}, its reservation for ${kept.rejectionCode}.`,
      };
    const taken = kept.status === 'rejected' || stillborn ? '' : contents(one.lines);
    const given = kept.status === 'released' && !stillborn ? taken : '';
    const movements = moved.get(one.id) ?? [];
    const did = (kind: string) =>
      contents(
        movements.flatMap((move) =>
          move.kind === kind ? [{ sku: move.sku, quantity: Math.abs(move.reserved) }] : [],
        ),
      );
    if (did('reservation') !== taken || did('release') !== given)
      yield {
        ...story,
        sentence: `Of ${one.id} was taken "${did('reservation')}" and given back "${did('release')}", and not "${taken}" and "${given}".`,
      };
  }
  const orders = new Set(order.orders.map(({ id }) => id));
  for (const { orderId } of inventory.reservations)
    if (!orders.has(orderId))
      yield { orderId, sentence: `There is a reservation of ${orderId} and no such order.` };
};

function contents(lines: readonly { readonly sku: string; readonly quantity: number }[]): string {
  return lines
    .map(({ sku, quantity }) => `${quantity} ${sku}`)
    .sort()
    .join(', ');
}
