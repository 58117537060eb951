import { useBooks } from '../demo/use-books.js';
import { View } from '../design/view.js';
import type { Metrics } from '../ledger/use-metrics.js';
import styles from './break-view.module.css';
import { EventsPanel } from './events-panel.js';
import { IncidentLog } from './incident-log.js';
import { ProcessList } from './process-list.js';
import { StormPanel } from './storm-panel.js';
import { TruthStrip } from './truth-strip.js';
import { useStack } from './use-stack.js';

/** Everything that can go wrong, at the press of a button, and whether anything did. */
export function BreakView({ metrics }: { readonly metrics: Metrics }) {
  const { state, away, act } = useStack();
  const books = useBooks();
  return (
    <View
      title="Break it."
      lead="Real signals to real processes, while real orders come in. Whoever dies is started again; whatever is sent twice happens once."
    >
      <TruthStrip books={books} />
      {away && (
        <p className={styles.away} role="status">
          The console does not answer. It is started again; this page goes on by itself.
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.side}>
          <ProcessList processes={state?.processes} act={act} />
          <IncidentLog />
        </div>
        <div className={styles.side}>
          <StormPanel storm={state?.storm} points={metrics.points} act={act} />
          <EventsPanel state={state} act={act} />
        </div>
      </div>
    </View>
  );
}
