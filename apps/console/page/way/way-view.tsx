import { type ComponentType, useState } from 'react';
import { useRecentOrders } from '../api/use-recent-orders.js';
import { View } from '../design/view.js';
import type { ShopState } from '../shop/shop-state.js';
import { orderIdIn } from '../shop/tally.js';
import type { StockedProduct } from '../shop/use-catalogue.js';
import { OrderList } from './order-list.js';
import { PlainLine } from './plain-line.js';
import type { Evidence } from './steps.js';
import { useKeyRow } from './use-key-row.js';
import styles from './way-view.module.css';

export interface WayViewProps {
  readonly shop: ShopState;
  readonly products: readonly StockedProduct[] | undefined;
  /** Draws the way; by what the public APIs tell where nobody can tell more. */
  readonly Line?: ComponentType<Evidence> | undefined;
}

const ORDERS = 12;

/** One order's way from the client through both services and back. */
export function WayView({ shop, products, Line = PlainLine }: WayViewProps) {
  const [chosen, choose] = useState<string>();
  const recent = useRecentOrders(ORDERS, shop.followed?.heard.length);
  const shownId = chosen ?? shop.followed?.id ?? recent.value?.[0]?.order.id;
  const shown = recent.value?.find(({ order }) => order.id === shownId);
  const all = shop.experiments.flatMap(({ exchanges }) => exchanges).reverse();
  const key = all.find((exchange) => orderIdIn(exchange) === shownId)?.request.key;
  const row = useKeyRow(key);
  return (
    <View title="The way of an order" lead="From the click through both services and back.">
      {recent.value === undefined && <p>Waiting for Order.</p>}
      {recent.value?.length === 0 && (
        <p className={styles.empty}>
          There is no order yet. <a href="#shop">Place one in the shop.</a>
        </p>
      )}
      {recent.value !== undefined && recent.value.length > 0 && (
        <div className={styles.columns}>
          <OrderList orders={recent.value} products={products} chosen={shownId} onChoose={choose} />
          {shown !== undefined && (
            <Line
              reserved={shown}
              exchanges={all.filter(({ request }) => request.key === key)}
              row={row}
              followed={shop.followed?.id === shownId ? shop.followed : undefined}
            />
          )}
        </div>
      )}
    </View>
  );
}
