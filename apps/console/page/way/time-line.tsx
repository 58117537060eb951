import { OutcomeMark } from '../design/outcome-mark.js';
import type { Lane, Step } from './steps.js';
import styles from './time-line.module.css';

const lanes: readonly { readonly id: Lane; readonly name: string }[] = [
  { id: 'client', name: 'Client' },
  { id: 'order', name: 'Order' },
  { id: 'inventory', name: 'Inventory' },
];

/** Steps from top to bottom, each in the lane of who does it; messages are arrows between lanes. */
export function TimeLine({ label, steps }: { readonly label: string; readonly steps: readonly Step[] }) {
  return (
    <div className={styles.line}>
      <div className={styles.lanes} aria-hidden="true">
        {lanes.map(({ id, name }) => (
          <span key={id}>{name}</span>
        ))}
      </div>
      <ol className={styles.steps} aria-label={label}>
        {steps.map((step) =>
          step.from === undefined ? (
            <Event key={`${step.lane} ${step.title}`} step={step} />
          ) : (
            <Message key={`${step.from} ${step.title}`} step={step} from={step.from} />
          ),
        )}
      </ol>
    </div>
  );
}

/** As many as fit below an arrow in two rows. */
const MARKS = 52;

function Event({ step }: { readonly step: Step }) {
  return (
    <li className={styles.event} data-lane={step.lane} data-state={step.state}>
      <div className={styles.box}>
        <p className={styles.title}>
          <span className="visually-hidden">{nameOf(step.lane)}: </span>
          {step.title}
        </p>
        <Facts facts={step.facts} />
      </div>
    </li>
  );
}

function Message({ step, from }: { readonly step: Step; readonly from: Lane }) {
  const back = indexOf(from) > indexOf(step.lane);
  const first = Math.min(indexOf(from), indexOf(step.lane));
  return (
    <li className={styles.message} data-first={first} data-back={back} data-state={step.state}>
      <div className={styles.arrow}>
        <p className={styles.title}>
          <span className="visually-hidden">
            {nameOf(from)} to {nameOf(step.lane)}:{' '}
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

function indexOf(lane: Lane): number {
  return lanes.findIndex(({ id }) => id === lane);
}

function nameOf(lane: Lane): string {
  return lanes[indexOf(lane)]?.name ?? lane;
}
