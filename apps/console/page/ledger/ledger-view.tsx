import type { Stock } from '@semel/contracts';
import { useRecentOrders } from '../api/use-recent-orders.js';
import { formatMoney } from '../design/money.js';
import type { ShopState } from '../shop/shop-state.js';
import type { StockedProduct } from '../shop/use-catalogue.js';
import { InvariantRow } from './invariant-row.js';
import { oneOrderPerKey, sameTruth, stockConserved } from './invariants.js';
import styles from './ledger-view.module.css';
import { type ChartSeries, LiveChart } from './live-chart.js';
import { doubleChargesSaved } from './saved-money.js';
import { operations } from './series.js';
import type { Metrics } from './use-metrics.js';

export interface LedgerViewProps {
  readonly shop: ShopState;
  readonly products: readonly StockedProduct[] | undefined;
  /** Inventory's stock when the page was opened. */
  readonly initialStock: readonly Stock[] | undefined;
  readonly metrics: Metrics;
}

const ORDERS = 50;

const throughput: readonly ChartSeries[] = [
  { name: 'executed', colour: 'executed', value: ({ executed }) => executed, filled: true },
  { name: 'stopped', colour: 'replayed', value: ({ stopped }) => stopped },
  { name: 'purchases at Inventory', colour: 'ink-faint', value: ({ purchases }) => purchases, dashed: true },
];

const latency: readonly ChartSeries[] = [
  { name: 'median', colour: 'executed', value: ({ median }) => median, filled: true },
  { name: '95 %', colour: 'in-flight', value: ({ p95 }) => p95 },
  { name: '99 %', colour: 'mismatched', value: ({ p99 }) => p99, dashed: true },
];

/** Whether the books are right, now. */
export function LedgerView({ shop, products, initialStock, metrics }: LedgerViewProps) {
  const recent = useRecentOrders(ORDERS, shop.followed?.heard.length);
  const stocks = products?.flatMap(({ stock }) => (stock === undefined ? [] : [stock]));
  const invariants = [
    oneOrderPerKey(shop.experiments),
    ...(recent.value === undefined ? [] : [sameTruth(recent.value)]),
    ...(stocks === undefined || initialStock === undefined ? [] : [stockConserved(stocks, initialStock)]),
  ];
  const broken = invariants.filter(({ holds }) => !holds).length;
  const currency = products?.[0]?.unitPrice.currency ?? 'EUR';
  const stopped = (service: 'order' | 'inventory') =>
    metrics.latest === undefined
      ? undefined
      : operations(metrics.latest[service], ['replayed', 'in-flight', 'mismatched']);
  return (
    <div className={styles.ledger}>
      <div className={styles.headline}>
        <h1>{broken === 0 ? 'The books balance.' : 'The books do not balance.'}</h1>
        <p>
          Read from both services’ own APIs, every few seconds.
          {recent.failed && ' One of them does not answer at the moment: these are its last numbers.'}
        </p>
      </div>
      <ul className={styles.invariants} aria-label="Invariants">
        {invariants.map((invariant) => (
          <InvariantRow key={invariant.name} invariant={invariant} />
        ))}
      </ul>
      <dl className={styles.figures}>
        <Figure
          name="Duplicates stopped at Order since its start"
          value={stopped('order')?.toLocaleString('en')}
        />
        <Figure
          name="Duplicates stopped at Inventory since its start"
          value={stopped('inventory')?.toLocaleString('en')}
        />
        <Figure
          name="Double charging would have cost"
          value={formatMoney({ amount: doubleChargesSaved(shop.experiments), currency })}
        />
      </dl>
      <div className={styles.charts}>
        <LiveChart title="Operations at Order" unit="/s" points={metrics.points} series={throughput} />
        <LiveChart title="Latency of POST /orders" unit="ms" points={metrics.points} series={latency} />
      </div>
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{value ?? '–'}</dd>
    </div>
  );
}
