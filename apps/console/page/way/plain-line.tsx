import { type Evidence, stepsOf } from './steps.js';
import { TimeLine } from './time-line.js';

const lanes = ['client', 'order', 'inventory'] as const;

/** The way as far as the services' public APIs tell. */
export function PlainLine(evidence: Evidence) {
  return (
    <TimeLine
      label={`The way of order ${evidence.reserved.order.id}`}
      lanes={lanes}
      steps={stepsOf(evidence)}
    />
  );
}
