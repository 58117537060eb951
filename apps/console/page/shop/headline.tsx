import styles from './headline.module.css';
import type { Tally } from './tally.js';

const words = new Intl.NumberFormat('en');

/** What all that was sent came to, in one sentence. */
export function Headline({ tally }: { readonly tally: Tally }) {
  const { requests, orders, stopped, lost } = tally;
  if (requests === 0) {
    return (
      <div className={styles.headline}>
        <h1>Send it as often as you like. It happens once.</h1>
        <p>
          Put something into the cart, order it, and then do what clients do: click twice, lose the answer,
          retry.
        </p>
      </div>
    );
  }
  return (
    <div className={styles.headline}>
      <h1>
        <span className={styles.many}>
          {words.format(requests)} {requests === 1 ? 'request' : 'requests'},
        </span>{' '}
        <span className={styles.once}>
          {words.format(orders)} {orders === 1 ? 'order' : 'orders'}.
        </span>
      </h1>
      <p>{explain(stopped, lost)}</p>
    </div>
  );
}

function explain(stopped: number, lost: number): string {
  const repeats =
    stopped === 0
      ? 'Nothing was sent twice yet.'
      : `${words.format(stopped)} ${stopped === 1 ? 'repeat was' : 'repeats were'} stopped at Order’s idempotency table.`;
  if (lost === 0) return repeats;
  return `${repeats} ${words.format(lost)} ${lost === 1 ? 'answer was' : 'answers were'} lost on the way.`;
}
