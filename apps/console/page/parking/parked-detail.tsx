import type { ParkedMessageDetail } from '@semel/contracts';
import { formatTime } from '../design/duration.js';
import { scrolls } from '../design/scrolls.js';
import styles from './parked-detail.module.css';

/** A parked message whole: its headers and value as they were sent, and what was done about it. */
export function ParkedDetail({ detail }: { readonly detail: ParkedMessageDetail }) {
  const { headers, value, key, acts } = detail;
  return (
    <div className={styles.detail}>
      <pre {...scrolls}>
        {Object.entries(headers).map(([name, values]) => `${name}: ${values.join(', ')}\n`)}
        {`key: ${key ?? '–'}\n\n`}
        {value ?? 'no value'}
      </pre>
      {acts.length > 0 && (
        <ul>
          {acts.map(({ act, actor, at }) => (
            <li key={`${act} ${at}`}>
              {act} by {actor} at {formatTime(Date.parse(at))}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
