import type { Answer, Command, HistoryEvent } from '../history/history.js';
import type { Evidence } from './evidence.js';

export interface Attempt {
  readonly at: number;
  readonly number: number;
  readonly instance: number;
  readonly command: Command;
  outcome: 'ok' | 'fail' | 'info' | 'open';
  answer?: Answer;
  why?: string;
  endedAt?: number;
}

/** All attempts under one key of one caller. */
export interface KeyHistory {
  readonly id: string;
  readonly caller: string;
  readonly key: string;
  readonly attempts: Attempt[];
}

/** The evidence, with the history put together by keys. */
export interface Testimony extends Evidence {
  readonly keys: ReadonlyMap<string, KeyHistory>;
  /** Milliseconds; undefined where the run was never healed. */
  readonly healedAt: number | undefined;
}

/** The note that everything is up again: who asks from here on, asks until he is answered. */
export const healed = 'healed';

export const keyId = (caller: string, key: string): string => `${caller}/${key}`;

/** @returns the id of the key that a signature (k/0; a payment's, k_0) names, of a caller; undefined where there is none */
export function keyOfSignature(caller: string | null, signature: string | null): string | undefined {
  const key = /^(.+)[/_]\d+$/.exec(signature ?? '')?.[1];
  return key === undefined || caller === null ? undefined : keyId(caller, key);
}

export function testify(evidence: Evidence): Testimony {
  const attempts = new Map<number, Attempt>();
  const keys = new Map<string, KeyHistory>();
  let healedAt: number | undefined;
  for (const event of evidence.history) {
    if (event.event === 'note' && event.what === healed) healedAt = event.at;
    else if (event.event === 'invoke') {
      const { at, attempt: number, command, instance } = event;
      const { caller, key } = command;
      const id = keyId(caller, key);
      const attempt: Attempt = { at, number, instance, command, outcome: 'open' };
      attempts.set(number, attempt);
      const known = keys.get(id) ?? { id, caller, key, attempts: [] };
      keys.set(id, known);
      known.attempts.push(attempt);
    } else end(event, attempts);
  }
  return { ...evidence, keys, healedAt };
}

function end(event: HistoryEvent, attempts: ReadonlyMap<number, Attempt>): void {
  if (event.event !== 'ok' && event.event !== 'fail' && event.event !== 'info') return;
  const attempt = attempts.get(event.attempt);
  if (!attempt) return;
  attempt.outcome = event.event;
  attempt.endedAt = event.at;
  if (event.answer !== undefined) attempt.answer = event.answer;
  if (event.event === 'info') attempt.why = event.why;
}

/** Attempts that were given the operation's answer. */
export function answered({ attempts }: KeyHistory): (Attempt & { readonly answer: Answer })[] {
  return attempts.flatMap((attempt) =>
    attempt.outcome === 'ok' && attempt.answer !== undefined ? [{ ...attempt, answer: attempt.answer }] : [],
  );
}

/** The order that an answer tells of; undefined where it tells of none. */
export function orderOf({
  body,
}: Answer): { readonly id: string; readonly customerId: string; readonly status: string } | undefined {
  const told: { id?: unknown; customerId?: unknown; status?: unknown } = JSON.parse(body);
  const { id, customerId, status } = told;
  return typeof id === 'string' && typeof customerId === 'string' && typeof status === 'string'
    ? { id, customerId, status }
    : undefined;
}
