import type { ReactNode } from 'react';
import styles from './headline.module.css';
import type { Tally } from './tally.js';

const words = new Intl.NumberFormat('en');

/** What all that was sent came to. */
export function titleOf({ requests, orders }: Tally): ReactNode {
  if (requests === 0) return 'Send it as often as you like. It happens once.';
  return (
    <>
      <span className={styles.many}>
        {words.format(requests)} {requests === 1 ? 'request' : 'requests'},
      </span>{' '}
      <span className={styles.once}>
        {words.format(orders)} {orders === 1 ? 'order' : 'orders'}.
      </span>
    </>
  );
}

/** What became of the repeats. */
export function leadOf({ requests, stopped, lost }: Tally): string {
  if (requests === 0) {
    return 'Put something into the cart, order it, and then do what clients do: click twice, lose the answer, retry.';
  }
  const repeats =
    stopped === 0
      ? 'Nothing was sent twice yet.'
      : `${words.format(stopped)} ${stopped === 1 ? 'repeat was' : 'repeats were'} stopped at Order’s idempotency table.`;
  if (lost === 0) return repeats;
  return `${repeats} ${words.format(lost)} ${lost === 1 ? 'answer was' : 'answers were'} lost on the way.`;
}
