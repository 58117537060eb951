import { Problem } from '@semel/service';

/** The same words for an order that isn't there and for one of somebody else. */
export function unknownOrder(): Problem {
  return new Problem('not-found', 'You have no order of this id.');
}
