import { RadioGroup } from 'radix-ui';
import type { ReservedOrder } from '../api/use-recent-orders.js';
import { formatTime } from '../design/duration.js';
import { formatMoney } from '../design/money.js';
import type { StockedProduct } from '../shop/use-catalogue.js';
import styles from './order-list.module.css';

export interface OrderListProps {
  readonly orders: readonly ReservedOrder[];
  readonly products: readonly StockedProduct[] | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (orderId: string) => void;
}

/** The newest orders: one of them is shown. */
export function OrderList({ orders, products, chosen, onChoose }: OrderListProps) {
  const nameOf = (sku: string) => products?.find((product) => product.sku === sku)?.name ?? sku;
  return (
    <RadioGroup.Root
      className={styles.orders}
      aria-label="Newest orders"
      value={chosen ?? ''}
      onValueChange={onChoose}
    >
      {orders.map(({ order }) => (
        <RadioGroup.Item key={order.id} value={order.id} className={styles.order}>
          <span className={styles.name}>
            <span className={styles.first}>{nameOf(order.lines[0]?.sku ?? order.id)}</span>
            {order.lines.length > 1 && <span className={styles.more}>and {order.lines.length - 1} more</span>}
          </span>
          <span className={styles.facts}>
            <span className={styles.status} data-status={order.status}>
              {order.status}
            </span>
            <span>{formatMoney(order.total)}</span>
            <time dateTime={order.placedAt}>{formatTime(Date.parse(order.placedAt))}</time>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
