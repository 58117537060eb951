import { payer } from '../clients/assortment.js';
import type { Answer } from '../history/history.js';
import { groupBy } from './group-by.js';
import type { Invariant } from './invariant.js';
import { answered, keyId, keyOfSignature, orderOf } from './testimony.js';

/** A 201 means one order: the one that it tells of, with what was asked for. */
export const ackedKeyOneOrder: Invariant = function* ({ keys, order }) {
  const byKey = groupBy(order.orders, ({ customerId, note }) => keyOfSignature(customerId, note));
  for (const key of keys.values()) {
    for (const { answer, command } of answered(key)) {
      if (command.kind !== 'place' || answer.status !== 201) continue;
      const told = orderOf(answer);
      const made = byKey.get(key.id) ?? [];
      const [only] = made;
      if (made.length !== 1 || only === undefined) {
        yield { key: key.id, sentence: `It was answered 201 and has ${made.length} orders.` };
      } else if (only.id !== told?.id) {
        yield {
          key: key.id,
          orderId: only.id,
          sentence: `It was answered order ${told?.id} and made ${only.id}.`,
        };
      } else if (linesOf(only.lines) !== linesOf(command.body?.lines)) {
        yield {
          key: key.id,
          orderId: only.id,
          sentence: 'Its order does not have the lines that were asked for.',
        };
      }
    }
  }
};

function linesOf(lines: unknown): string {
  if (!Array.isArray(lines)) return 'none';
  return lines
    .map(({ sku, quantity }: { sku: unknown; quantity: unknown }) => `${quantity} ${sku}`)
    .sort()
    .join(', ');
}

/** However often a key was used, and whatever its clients heard: at most one order, and none that nobody asked for. */
export const keyAtMostOneOrder: Invariant = function* ({ keys, order }) {
  for (const [id, orders] of groupBy(order.orders, ({ customerId, note }) =>
    keyOfSignature(customerId, note),
  )) {
    if (id === undefined || !keys.has(id)) {
      yield { sentence: `Nobody asked for ${orders.map((one) => one.id).join(', ')}.` };
    } else if (orders.length > 1) {
      yield {
        key: id,
        sentence: `It made ${orders.length} orders: ${orders.map((one) => one.id).join(', ')}.`,
      };
    }
  }
};

const comparable = ({ status, body, type, location, etag }: Answer): string =>
  JSON.stringify([status, body, type, location, etag]);

/** All answers of one request are the same: status, body byte for byte, Content-Type, Location and ETag. */
export const answersEqual: Invariant = function* ({ keys }) {
  for (const key of keys.values()) {
    for (const [variant, same] of groupBy(answered(key), ({ command }) => command.variant)) {
      const different = new Set(same.map(({ answer }) => comparable(answer)));
      if (different.size > 1)
        yield {
          key: key.id,
          sentence: `Request ${variant} has ${different.size} answers: ${[...different].join(' and ')}.`,
        };
    }
  }
};

/** Of all answers to a request, one at most is not marked as a replay: it was carried out once. */
export const replaysMarked: Invariant = function* ({ keys }) {
  for (const key of keys.values()) {
    const first = answered(key).filter(({ answer }) => !answer.replayed);
    if (first.length > 1)
      yield {
        key: key.id,
        sentence: `${first.length} answers claim to be the first one (attempts ${first.map(({ number }) => number).join(', ')}).`,
      };
  }
};

/** Of the different requests under a key, one at most is carried out: the others never hear its answer, nor one of their own. */
export const otherFingerprintRefused: Invariant = function* ({ keys }) {
  for (const key of keys.values()) {
    const variants = new Set(answered(key).map(({ command }) => command.variant));
    if (variants.size > 1)
      yield {
        key: key.id,
        sentence: `Requests ${[...variants].join(' and ')} were both answered, instead of one refused.`,
      };
  }
};

/** Nobody hears of what is another caller's, and the same key of two callers is two keys. */
export const callersApart: Invariant = function* ({ keys }) {
  for (const key of keys.values()) {
    for (const { answer, command } of answered(key)) {
      const told = command.kind === 'adjust' ? undefined : orderOf(answer);
      if (told && told.customerId !== key.caller)
        yield {
          key: key.id,
          orderId: told.id,
          sentence: `${key.caller} was answered an order of ${told.customerId}.`,
        };
    }
  }
};

/** The effect and its key were one commit: neither is there without the other. */
export const effectIffKey: Invariant = function* (testimony) {
  const { keys, order, inventory, payment } = testimony;
  yield* paymentIffKey(testimony);
  const byId = new Map(order.orders.map((one) => [one.id, one]));
  const acknowledged = new Set<string>();
  for (const { scope, key, status, path, responseStatus, responseBody } of order.keys) {
    const caller = callerOf(scope);
    if (caller === undefined) continue;
    if (status !== 'Processed') yield { key: keyId(caller, key), sentence: `The key is ${status}.` };
    if (path !== '/orders' || responseStatus !== 201) continue;
    const told = orderOf({ status: 201, body: responseBody ?? '{}', replayed: true });
    if (told) acknowledged.add(told.id);
    if (
      !told ||
      keyOfSignature(byId.get(told.id)?.customerId ?? null, byId.get(told.id)?.note ?? null) !==
        keyId(caller, key)
    )
      yield {
        key: keyId(caller, key),
        sentence: `The key stores order ${told?.id}, which is not its own or not there.`,
      };
  }
  for (const { id, customerId, note } of order.orders) {
    if (acknowledged.has(id)) continue;
    const key = keyOfSignature(customerId, note);
    yield { orderId: id, ...(key !== undefined && { key }), sentence: `No key stores the order ${id}.` };
  }
  const stored = new Map(
    [...order.keys, ...inventory.keys, ...payment.keys].map(({ scope, key, responseStatus }) => [
      keyId(callerOf(scope) ?? scope, key),
      responseStatus,
    ]),
  );
  for (const key of keys.values()) {
    const [heard] = answered(key);
    if (heard && stored.get(key.id) !== heard.answer.status)
      yield {
        key: key.id,
        sentence: `It was answered ${heard.answer.status}, and the table has ${stored.get(key.id) ?? 'no such key'}.`,
      };
  }
};

const paymentIffKey: Invariant = function* ({ payment }) {
  const stored = new Map<unknown, string>();
  for (const { scope, key, responseStatus, responseBody } of payment.keys) {
    if (responseStatus !== 201) continue;
    const { id }: { id?: unknown } = JSON.parse(responseBody ?? '{}');
    stored.set(id, keyId(scope, key));
  }
  const made = new Set(payment.payments.map(({ id }) => id));
  for (const [id, key] of stored)
    if (typeof id !== 'string' || !made.has(id))
      yield { key, sentence: `The key stores the payment ${id}, which is not there.` };
  for (const { id, reference } of payment.payments) {
    const key = keyOfSignature(payer, reference);
    if (key !== stored.get(id))
      yield {
        ...(key !== undefined && { key }),
        sentence: `The payment ${id} of ${reference} is stored by ${stored.get(id) ?? 'no key'}.`,
      };
  }
};

/** @returns undefined where the scope is a consumer's */
function callerOf(scope: string): string | undefined {
  return /^caller:(.*)$/s.exec(scope)?.[1];
}
