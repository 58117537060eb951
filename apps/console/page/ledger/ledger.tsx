import type { Money } from '@semel/contracts';
import { formatMoney } from '../design/money.js';
import { View } from '../design/view.js';
import { InvariantRow } from './invariant-row.js';
import type { Invariant } from './invariants.js';
import styles from './ledger.module.css';
import { type ChartSeries, LiveChart } from './live-chart.js';
import { stoppedAt } from './series.js';
import type { Metrics } from './use-metrics.js';

export interface LedgerProps {
  /** Absent while the books are being opened. */
  readonly invariants: readonly Invariant[] | undefined;
  /** Where the numbers come from, in a sentence. */
  readonly source: string;
  /** Whether the last attempt to read them failed. */
  readonly stale: boolean;
  /** What double charging would have cost. */
  readonly saved: Money;
  /** Absent where nobody can tell. */
  readonly waitingEvents?: number | undefined;
  readonly metrics: Metrics;
}

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

/** Whether the books are right: what must hold, what was saved, how fast it went. */
export function Ledger({ invariants, source, stale, saved, waitingEvents, metrics }: LedgerProps) {
  return (
    <View
      title={verdictOn(invariants)}
      lead={
        <>
          {source}
          {stale && ' Somebody does not answer at the moment: these are the last numbers.'}
        </>
      }
    >
      <ul className={styles.invariants} aria-label="Invariants">
        {invariants?.map((invariant) => (
          <InvariantRow key={invariant.name} invariant={invariant} />
        ))}
      </ul>
      <dl className={styles.figures}>
        <Figure
          name="Duplicates stopped at Order since its start"
          value={stoppedAt(metrics.latest, 'order')}
        />
        <Figure
          name="Duplicates stopped at Inventory since its start"
          value={stoppedAt(metrics.latest, 'inventory')}
        />
        <Figure name="Double charging would have cost" value={formatMoney(saved)} />
        {waitingEvents !== undefined && (
          <Figure name="Events waiting in the outboxes" value={waitingEvents.toLocaleString('en')} />
        )}
      </dl>
      <div className={styles.charts}>
        <LiveChart title="Operations at Order" unit="/s" points={metrics.points} series={throughput} />
        <LiveChart title="Latency of POST /orders" unit="ms" points={metrics.points} series={latency} />
      </div>
    </View>
  );
}

function Figure({ name, value = '–' }: { readonly name: string; readonly value: string | undefined }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function verdictOn(invariants: readonly Invariant[] | undefined): string {
  if (invariants === undefined) return 'Opening the books.';
  return invariants.every(({ holds }) => holds) ? 'The books balance.' : 'The books do not balance.';
}
