import { useIncidents } from '../demo/incidents.js';
import { formatTime } from '../design/duration.js';
import { Panel } from '../design/panel.js';
import { scrolls } from '../design/scrolls.js';
import styles from './incident-log.module.css';

/** What was done to the stack and what was seen to happen to it, newest first. */
export function IncidentLog() {
  const incidents = useIncidents();
  return (
    <Panel title="What happened">
      {incidents.length === 0 && <p className={styles.empty}>Nothing yet: everybody is well.</p>}
      <ol className={styles.list} {...scrolls} aria-label="What happened" aria-live="polite">
        {incidents.map(({ id, at, kind, text }) => (
          <li key={id} data-kind={kind}>
            <time>{formatTime(at)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
