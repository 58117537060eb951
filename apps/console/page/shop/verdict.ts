import type { Outcome } from '../api/outcome.js';
import type { Experiment, ExperimentKind } from './experiment.js';
import { orderIdIn } from './tally.js';

export const experimentTitles: Readonly<Record<ExperimentKind, string>> = {
  place: 'Placed',
  'double-click': 'Double-clicked',
  'lost-answer': 'Lost the answer',
  retry: 'Retried later',
  copies: 'Retried at once',
  'other-cart': 'Same key, other cart',
  cancel: 'Cancelled',
};

/** A sentence that says what an experiment showed, from its exchanges alone. */
export function verdictOf({ kind, exchanges, running }: Experiment): string {
  if (exchanges.length === 0) return 'Waiting for an answer.';
  const count = (outcome: Outcome) => exchanges.filter((each) => each.outcome === outcome).length;
  const [executed, replayed, waiting] = [count('executed'), count('replayed'), count('in-flight')];
  const orders = new Set(exchanges.map(orderIdIn).filter((id) => id !== undefined)).size;

  if (executed + replayed + waiting + count('mismatched') === 0) {
    if (running) return 'No answer yet. Sending it again with the same key.';
    return count('refused') > 0
      ? 'The request was refused. Nothing was stored.'
      : 'No answer. The key is safe to use again.';
  }
  if (executed > 1) return `Executed ${executed} times. This must never happen.`;
  if (kind === 'other-cart' && count('mismatched') > 0) {
    return 'A key stands for one request. This one asked for something else, so it was not run.';
  }
  if (kind === 'lost-answer' && replayed > 0) {
    return 'The order was made, its answer was cut off. The retry got that same answer.';
  }
  if (kind === 'cancel') {
    return exchanges.some(({ answer }) => answer?.status === 200)
      ? 'Its stock goes back, once.'
      : 'It could not be cancelled.';
  }
  if (exchanges.length === 1) {
    if (executed === 1 && orders === 0) return 'Refused by the operation itself. That answer is stored, too.';
    if (executed === 1) return 'The first answer. It is stored with the order, in one commit.';
    if (replayed === 1) return 'The first answer again, byte for byte. Nothing was run.';
    return 'The first request is still running. Nothing was run twice.';
  }
  return `${inWords(exchanges.length)} requests, ${executed === 0 ? 'no new order' : 'one order'}${tail({
    replayed: replayed === exchanges.length ? 'each' : replayed,
    waiting,
    unanswered: count('failed') + count('lost'),
  })}.`;
}

interface Tail {
  readonly replayed: number | 'each';
  readonly waiting: number;
  readonly unanswered: number;
}

function tail({ replayed, waiting, unanswered }: Tail): string {
  const parts = [
    ...(unanswered > 0 ? [`${unanswered} got no answer`] : []),
    ...(replayed !== 0 ? [`${replayed} got the first answer again`] : []),
    ...(waiting > 0
      ? [`${waiting} came while it ran and ${waiting === 1 ? 'was' : 'were'} told to wait`]
      : []),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** Small numbers at the beginning of a sentence are words. */
function inWords(count: number): string {
  return ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'][count] ?? String(count);
}
