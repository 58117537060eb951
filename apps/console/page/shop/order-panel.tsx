import type { OrderStatus } from '@semel/contracts';
import { Button } from '../design/button.js';
import { formatTime } from '../design/duration.js';
import styles from './order-panel.module.css';
import type { ShopState } from './shop-state.js';

export interface OrderPanelProps {
  readonly shop: ShopState;
  readonly onCancel: (orderId: string) => void;
}

const meanings: Readonly<Record<OrderStatus, string>> = {
  placed: 'Placed: Inventory has been asked for the stock.',
  confirmed: 'Confirmed: its stock is reserved.',
  rejected: 'Rejected',
  cancelled: 'Cancelled: its stock goes back.',
};

/** The newest order, live. */
export function OrderPanel({ shop, onCancel }: OrderPanelProps) {
  const { followed } = shop;
  if (followed === undefined) return null;
  const now = followed.heard.at(-1);
  const cancellable = now?.status === 'placed' || now?.status === 'confirmed';
  return (
    <section className={styles.order} aria-label="The order" data-status={now?.status}>
      <div className={styles.what}>
        <p className={styles.status} aria-live="polite">
          {now === undefined ? 'Listening to its status.' : meanings[now.status]}
          {now?.rejection !== undefined && `: ${reasonOf(now.rejection)}`}
        </p>
        <p className={styles.id}>
          Order <code>{followed.id}</code>
        </p>
      </div>
      <ol className={styles.steps}>
        {followed.heard.map(({ status, at }) => (
          <li key={status} data-status={status}>
            <span>{status}</span> <time>{formatTime(at)}</time>
          </li>
        ))}
      </ol>
      <Button disabled={!cancellable} onClick={() => onCancel(followed.id)}>
        Cancel it
      </Button>
    </section>
  );
}

function reasonOf({ code, sku }: { readonly code: string; readonly sku: string }): string {
  return code === 'insufficient-stock' ? `too little is left of ${sku}.` : `Inventory does not know ${sku}.`;
}
