import { payer } from '../clients/assortment.js';
import type { Answer } from '../history/history.js';
import { groupBy } from './group-by.js';
import type { Invariant } from './invariant.js';
import { answered, keyId, keyOfSignature } from './testimony.js';

const keyOfReference = ({ reference }: { readonly reference: string }): string | undefined =>
  keyOfSignature(payer, reference);

/** A 201 means one charge in the provider's ledger and one payment: those that it tells of, with the amount that was asked for. */
export const ackedKeyOneCharge: Invariant = function* ({ keys, payment }) {
  const chargesOf = groupBy(payment.charges, keyOfReference);
  const paymentsOf = groupBy(payment.payments, keyOfReference);
  for (const key of keys.values()) {
    for (const { answer, command } of answered(key)) {
      if (command.kind !== 'pay' || answer.status !== 201) continue;
      const charges = chargesOf.get(key.id) ?? [];
      const payments = paymentsOf.get(key.id) ?? [];
      const [charge] = charges;
      const [paid] = payments;
      if (charges.length !== 1 || payments.length !== 1 || !charge || !paid) {
        yield {
          key: key.id,
          sentence: `It was answered 201, was charged ${charges.length} times and has ${payments.length} payments.`,
        };
        continue;
      }
      const told = paymentOf(answer);
      const { reference, amount } = charge;
      if (
        !same([told.id, told.chargeId, told.reference, told.amount], [paid.id, charge.id, reference, amount])
      )
        yield {
          key: key.id,
          sentence: `It was answered ${answer.body}, and the books have ${JSON.stringify([paid, charge])}.`,
        };
      else if (!same([reference, amount], [command.body?.reference, command.body?.amount]))
        yield {
          key: key.id,
          sentence: `It asked for ${JSON.stringify(command.body)}, and was charged ${amount}.`,
        };
    }
  }
};

const same = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function paymentOf({ body }: Pick<Answer, 'body'>): Readonly<Record<string, unknown>> {
  return Object(JSON.parse(body));
}

/** However often a key was used, by whomever: at most one charge, under one key downstream, and none that nobody asked for. */
export const keyAtMostOneCharge: Invariant = function* ({ keys, payment }) {
  for (const [what, rows] of [
    ['charges', payment.charges],
    ['payments', payment.payments],
    ['keys downstream', payment.calls],
  ] as const) {
    for (const [id, all] of groupBy<{ readonly reference: string }, string | undefined>(
      rows,
      keyOfReference,
    )) {
      if (id === undefined || !keys.has(id))
        yield { sentence: `Nobody asked for the ${what} of ${all[0]?.reference}.` };
      else if (all.length > 1) yield { key: id, sentence: `It has ${all.length} ${what}.` };
    }
  }
  const charges = new Map(payment.charges.map((one) => [one.id, one]));
  for (const { id, chargeId, reference, amount } of payment.payments) {
    const charge = charges.get(chargeId);
    if (charge?.reference === reference && charge.amount === amount) continue;
    const key = keyOfReference({ reference });
    yield {
      ...(key !== undefined && { key }),
      sentence: `The payment ${id} is of ${amount} for ${reference}, its charge ${charge ? `of ${charge.amount} for ${charge.reference}` : 'not there'}.`,
    };
  }
};

/** Each turn at a key has a fence of its own, above all that was recorded under it; what is finished keeps no lease and no step. */
export const fencesRise: Invariant = function* ({ payment }) {
  const turns = new Set<number>();
  const stepsOf = groupBy(payment.steps, ({ operationId }) => operationId);
  for (const { scope, key, status, operationId, fence, leased } of payment.keys) {
    const story = { key: keyId(scope, key) };
    if (operationId === null || fence === null || fence < operationId) {
      yield { ...story, sentence: `It began with the fence ${operationId} and is at ${fence}.` };
      continue;
    }
    if (turns.has(fence)) yield { ...story, sentence: `Its fence ${fence} is another key’s as well.` };
    turns.add(fence);
    const steps = stepsOf.get(operationId) ?? [];
    for (const step of steps)
      if (step.fence < operationId || step.fence > fence)
        yield { ...story, sentence: `Its step ${step.name} has the fence ${step.fence}, its key ${fence}.` };
    if (status === 'Processed' && (steps.length > 0 || leased))
      yield {
        ...story,
        sentence: `It is Processed, with ${steps.length} steps ${leased ? 'and a lease' : 'and no lease'}.`,
      };
  }
};
