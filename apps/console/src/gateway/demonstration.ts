import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '@semel/service';

/** What the page asks of the gateway itself, beside passing a request on. */
export type Demonstration =
  | { readonly kind: 'none' }
  /** Send it so many times at the same moment: a browser opens six connections to a host and would queue the rest. */
  | { readonly kind: 'copies'; readonly copies: number }
  /** Let the service answer and cut the browser's connection instead of passing the answer on. */
  | { readonly kind: 'lost-answer'; readonly attempt: string };

const COPIES = 'console-copies';
const LOSE_ANSWER = 'console-lose-answer';
const MOST_COPIES = 100;

/** @throws Problem `bad-request` where the headers make no sense */
export function demonstrationIn(method: string, headers: IncomingHttpHeaders): Demonstration {
  const { [COPIES]: copies, [LOSE_ANSWER]: attempt } = headers;
  if (copies === undefined && attempt === undefined) return { kind: 'none' };
  if (method === 'GET' || method === 'HEAD') {
    throw new Problem(
      'bad-request',
      'Only a request that changes something is sent in copies or loses its answer.',
    );
  }
  if (copies !== undefined && attempt !== undefined) {
    throw new Problem('bad-request', `Send ${COPIES} or ${LOSE_ANSWER}, not both.`);
  }
  if (typeof attempt === 'string') {
    if (!/^[\w-]{8,64}$/.test(attempt)) {
      throw new Problem(
        'bad-request',
        `${LOSE_ANSWER} is a name for this attempt: 8 to 64 letters, digits, _ or -.`,
      );
    }
    return { kind: 'lost-answer', attempt };
  }
  const count = Number(copies);
  if (!Number.isInteger(count) || count < 2 || count > MOST_COPIES) {
    throw new Problem('bad-request', `${COPIES} is a whole number from 2 to ${MOST_COPIES}.`);
  }
  return { kind: 'copies', copies: count };
}
