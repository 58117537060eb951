import { useId } from 'react';
import type { Experiment } from './experiment.js';
import { ExperimentCard } from './experiment-card.js';
import styles from './experiment-log.module.css';

/** Enough for a page; the numbers above count all. */
const SHOWN = 40;

/** What was sent and what came back, newest first. */
export function ExperimentLog({ experiments }: { readonly experiments: readonly Experiment[] }) {
  const heading = useId();
  return (
    <section className={styles.log} aria-labelledby={heading}>
      <h2 id={heading}>What was sent</h2>
      {experiments.length === 0 && (
        <p className={styles.empty}>Every request and its answer will be listed here, with their headers.</p>
      )}
      <ol className={styles.list}>
        {experiments.slice(0, SHOWN).map((experiment) => (
          <ExperimentCard key={experiment.id} experiment={experiment} />
        ))}
      </ol>
    </section>
  );
}
