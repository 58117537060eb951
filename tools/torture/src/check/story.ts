import { payer } from '../clients/assortment.js';
import type { Evidence } from './evidence.js';
import type { Violation } from './invariant.js';
import { answered, keyOfSignature, orderOf, testify } from './testimony.js';

/** Everything that is known of the key and of the orders that a violation is about, one line each, in order. */
export function storyOf(violation: Violation, evidence: Evidence): string[] {
  const { keys, order, inventory, payment, topics } = testify(evidence);
  const named = order.orders.find((one) => one.id === violation.orderId);
  const id = violation.key ?? keyOfSignature(named?.customerId ?? null, named?.note ?? null);
  const key = id === undefined ? undefined : keys.get(id);
  const orders = new Set(violation.orderId === undefined ? [] : [violation.orderId]);
  const lines: string[] = [];
  for (const { at, number, instance, command, outcome, answer, why, endedAt } of key?.attempts ?? []) {
    const heard = answer
      ? `${answer.status} ${answer.code ?? ''}${answer.replayed ? ' (replayed)' : ''} ${answer.body.slice(0, 160)}`
      : (why ?? '');
    lines.push(
      `${seconds(at)} attempt ${number} at ${command.service}-${instance + 1}: ${command.kind} ${command.path} variant ${command.variant} -> ${endedAt === undefined ? 'no end' : `${seconds(endedAt)} ${outcome} ${heard}`}`,
    );
    if (command.orderId !== undefined) orders.add(command.orderId);
  }
  if (key) for (const { answer } of answered(key)) orders.add(orderOf(answer)?.id ?? '');
  for (const one of order.orders)
    if (id !== undefined && keyOfSignature(one.customerId, one.note) === id) orders.add(one.id);
  const tell = (where: string, rows: readonly unknown[]): void => {
    for (const row of rows) lines.push(`${where}: ${JSON.stringify(row).slice(0, 400)}`);
  };
  const ofKey = (row: { readonly key: string; readonly scope: string }): boolean =>
    (key !== undefined && row.key === key.key && row.scope.endsWith(key.caller)) || orders.has(row.key);
  const ofReference = ({ reference }: { readonly reference: string }): boolean =>
    id !== undefined && keyOfSignature(payer, reference) === id;
  const ofOrder = (row: { readonly key: string | null }): boolean => row.key !== null && orders.has(row.key);
  tell('Order, key', order.keys.filter(ofKey));
  tell(
    'Order, order',
    order.orders.filter((row) => orders.has(row.id)),
  );
  tell('Order, outbox', order.outbox.filter(ofOrder));
  tell('Inventory, key', inventory.keys.filter(ofKey));
  tell(
    'Inventory, reservation',
    inventory.reservations.filter((row) => orders.has(row.orderId)),
  );
  tell(
    'Inventory, movement',
    inventory.movements.filter(
      (row) =>
        orders.has(row.orderId ?? '') || (id !== undefined && keyOfSignature(row.actor, row.reason) === id),
    ),
  );
  tell('Inventory, outbox', inventory.outbox.filter(ofOrder));
  tell('Payment, key', payment.keys.filter(ofKey));
  tell('Payment, payment', payment.payments.filter(ofReference));
  tell('Provider, charge', payment.charges.filter(ofReference));
  tell('Provider, called', payment.calls.filter(ofReference));
  for (const [topic, records] of Object.entries(topics)) tell(topic, records.filter(ofOrder));
  if (key && lines.length > 0)
    lines.push(...faultsBetween(evidence, key.attempts[0]?.at ?? 0, key.attempts.at(-1)?.endedAt ?? 0));
  return lines;
}

function faultsBetween({ history }: Evidence, from: number, until: number): string[] {
  return history.flatMap((event) =>
    event.event === 'fault' && event.at >= from - 2_000 && event.at <= until + 1_000
      ? [`${seconds(event.at)} fault ${event.fault.kind}: ${event.did}`]
      : [],
  );
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(3)} s`;
