import { useCallback } from 'react';
import { usePolled } from '../api/use-polled.js';
import { PlainLine } from '../way/plain-line.js';
import type { Evidence } from '../way/steps.js';
import { TimeLine } from '../way/time-line.js';
import { readControl } from './control.js';
import { KeyTables } from './key-tables.js';
import styles from './traced-line.module.css';
import { tracedSteps } from './traced-steps.js';
import { Way } from './way.js';

const EVERY_MS = 1_000;
const lanes = ['client', 'order', 'kafka', 'inventory'] as const;

/** The way with everything that a demonstration's stack can tell of it, above the newest rows of both idempotency tables. */
export function TracedLine(evidence: Evidence) {
  const { id, status } = evidence.reserved.order;
  const load = useCallback(
    (signal: AbortSignal) => readControl(`/orders/${id}/way`, Way, signal).then((way) => ({ id, way })),
    [id],
  );
  const { value } = usePolled(load, EVERY_MS, status);
  return (
    <div className={styles.traced}>
      {value?.id === id ? (
        <TimeLine label={`The way of order ${id}`} lanes={lanes} steps={tracedSteps(evidence, value.way)} />
      ) : (
        <PlainLine {...evidence} />
      )}
      <KeyTables orderId={id} ownKey={value?.way.orderKeys[0]?.key} />
    </div>
  );
}
