import type { Stock } from '@semel/contracts';
import { useRecentOrders } from '../api/use-recent-orders.js';
import type { ShopState } from '../shop/shop-state.js';
import type { StockedProduct } from '../shop/use-catalogue.js';
import { oneOrderPerKey, sameTruth, stockConserved } from './invariants.js';
import { Ledger } from './ledger.js';
import { doubleChargesSaved } from './saved-money.js';
import type { Metrics } from './use-metrics.js';

export interface LedgerViewProps {
  readonly shop: ShopState;
  readonly products: readonly StockedProduct[] | undefined;
  /** Inventory's stock when the page was opened. */
  readonly initialStock: readonly Stock[] | undefined;
  readonly metrics: Metrics;
}

const ORDERS = 50;

/** The ledger as far as both services' public APIs tell. */
export function LedgerView({ shop, products, initialStock, metrics }: LedgerViewProps) {
  const recent = useRecentOrders(ORDERS, shop.followed?.heard.length);
  const stocks = products?.flatMap(({ stock }) => (stock === undefined ? [] : [stock]));
  const currency = products?.[0]?.unitPrice.currency ?? 'EUR';
  return (
    <Ledger
      invariants={[
        oneOrderPerKey(shop.experiments),
        ...(recent.value === undefined ? [] : [sameTruth(recent.value)]),
        ...(stocks === undefined || initialStock === undefined ? [] : [stockConserved(stocks, initialStock)]),
      ]}
      source="Read from both services’ own APIs, every few seconds."
      stale={recent.failed}
      saved={{ amount: doubleChargesSaved(shop.experiments), currency }}
      metrics={metrics}
    />
  );
}
