import { useId } from 'react';
import { useIncidents } from '../demo/incidents.js';
import { formatTime } from '../design/duration.js';
import styles from './incident-log.module.css';

/** What was done to the stack and what was seen to happen to it, newest first. */
export function IncidentLog() {
  const incidents = useIncidents();
  const heading = useId();
  return (
    <section className={styles.log} aria-labelledby={heading}>
      <h2 id={heading}>What happened</h2>
      {incidents.length === 0 && <p className={styles.empty}>Nothing yet: everybody is well.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <ol className={styles.list} tabIndex={0} aria-labelledby={heading} aria-live="polite">
        {incidents.map(({ id, at, kind, text }) => (
          <li key={id} data-kind={kind}>
            <time>{formatTime(at)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
