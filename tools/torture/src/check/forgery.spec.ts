import type { Answer } from '../history/history.js';
import type { Evidence } from './evidence.js';
import type { Mutable } from './sound-evidence.spec.js';

export type Forgery = readonly [
  invariant: string,
  what: string,
  forge: (evidence: Mutable<Evidence>) => void,
];

/** The answer to the nth attempt. */
export function answerOf(evidence: Mutable<Evidence>, attempt: number): Mutable<Answer> {
  const found = evidence.history.find((event) => event.event === 'ok' && event.attempt === attempt);
  if (found?.event !== 'ok') throw new Error(`Attempt ${attempt} has no answer.`);
  return found.answer;
}

export const first = <Item>(items: readonly Item[]): Item => items[0]!;
