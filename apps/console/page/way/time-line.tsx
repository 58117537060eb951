import { OutcomeMark } from '../design/outcome-mark.js';
import type { Lane, Step } from './steps.js';
import styles from './time-line.module.css';

const names: Readonly<Record<Lane, string>> = {
  client: 'Client',
  order: 'Order',
  kafka: 'Kafka',
  inventory: 'Inventory',
};

interface TimeLineProps {
  readonly label: string;
  /** From left to right. */
  readonly lanes: readonly Lane[];
  readonly steps: readonly Step[];
}

/** Steps from top to bottom, each in the lane of who does it; messages are arrows between neighbouring lanes. */
export function TimeLine({ label, lanes, steps }: TimeLineProps) {
  return (
    <div className={styles.line} data-lanes={lanes.length}>
      <div className={styles.lanes} aria-hidden="true">
        {lanes.map((lane) => (
          <span key={lane}>{names[lane]}</span>
        ))}
      </div>
      <ol className={styles.steps} aria-label={label}>
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step keeps no state; whichever stands in a place is shown there.
          <StepRow key={index} step={step} lanes={lanes} />
        ))}
      </ol>
    </div>
  );
}

function StepRow({ step, lanes }: { readonly step: Step; readonly lanes: readonly Lane[] }) {
  const column = lanes.indexOf(step.lane);
  const { from } = step;
  if (from === undefined) return <Event step={step} column={column} of={lanes.length} />;
  return <Message step={step} from={from} columns={[lanes.indexOf(from), column]} />;
}

/** As many as fit below an arrow in two rows. */
const MARKS = 52;

interface EventProps {
  readonly step: Step;
  readonly column: number;
  /** How many columns there are. */
  readonly of: number;
}

function Event({ step, column, of }: EventProps) {
  return (
    <li className={styles.event} data-column={column} data-side={sideOf(column, of)} data-state={step.state}>
      <div className={styles.box}>
        <p className={styles.title}>
          <span className="visually-hidden">{names[step.lane]}: </span>
          {step.title}
        </p>
        <Facts facts={step.facts} />
      </div>
    </li>
  );
}

/** Where a box lies that is wider than its lane. */
function sideOf(column: number, of: number): 'start' | 'middle' | 'end' {
  if (column === of - 1) return 'end';
  return of === 4 && column === 1 ? 'start' : 'middle';
}

interface MessageProps {
  readonly step: Step;
  readonly from: Lane;
  readonly columns: readonly [from: number, to: number];
}

function Message({ step, from, columns }: MessageProps) {
  const [start, end] = columns;
  return (
    <li
      className={styles.message}
      data-first={Math.min(start, end)}
      data-back={start > end}
      data-state={step.state}
    >
      <div className={styles.arrow}>
        <p className={styles.title}>
          <span className="visually-hidden">
            {names[from]} to {names[step.lane]}:{' '}
          </span>
          {step.title}
        </p>
        <span className={styles.shaft} aria-hidden="true" />
        {step.outcomes !== undefined && (
          <div className={styles.marks}>
            {step.outcomes.slice(0, MARKS).map((outcome, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: marks have no identity, only a place.
              <OutcomeMark key={index} outcome={outcome} />
            ))}
          </div>
        )}
        <Facts facts={step.facts} />
      </div>
    </li>
  );
}

function Facts({ facts }: Pick<Step, 'facts'>) {
  if (facts.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
