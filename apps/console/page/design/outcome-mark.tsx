import type { Outcome } from '../api/outcome.js';
import styles from './outcome-mark.module.css';

export const outcomeNames: Readonly<Record<Outcome, string>> = {
  executed: 'executed',
  replayed: 'replayed',
  'in-flight': 'in flight',
  mismatched: 'mismatched',
  failed: 'failed',
  refused: 'refused',
  lost: 'answer lost',
};

/** The shape of an outcome, so that nobody has to tell colours apart. Decoration: its name stands beside it. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  return (
    <svg className={styles.mark} data-outcome={outcome} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[outcome]}
    </svg>
  );
}

const shapes: Readonly<Record<Outcome, React.ReactNode>> = {
  executed: <circle cx="8" cy="8" r="5.5" className={styles.fill} />,
  replayed: <circle cx="8" cy="8" r="4.5" className={styles.stroke} />,
  'in-flight': (
    <>
      <circle cx="8" cy="8" r="4.5" className={styles.stroke} />
      <path d="M8 3.5a4.5 4.5 0 0 1 0 9z" className={styles.fill} />
    </>
  ),
  mismatched: <path d="M3 6h10M3 10h10M10.5 3l-5 10" className={styles.stroke} />,
  failed: <path d="m4 4 8 8M12 4l-8 8" className={styles.stroke} />,
  refused: <path d="M3 8h10" className={styles.stroke} />,
  lost: <circle cx="8" cy="8" r="4.5" className={styles.dashed} />,
};

/** An outcome by shape, colour and name. */
export function OutcomeLabel({ outcome, count }: { readonly outcome: Outcome; readonly count?: number }) {
  return (
    <span className={styles.label} data-outcome={outcome}>
      <OutcomeMark outcome={outcome} />
      {count === undefined ? outcomeNames[outcome] : `${count} ${outcomeNames[outcome]}`}
    </span>
  );
}
