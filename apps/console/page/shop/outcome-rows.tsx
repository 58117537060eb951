import type { Exchange } from '../api/exchange.js';
import { problemCodeOf } from '../api/outcome.js';
import { OutcomeLabel } from '../design/outcome-mark.js';
import styles from './outcome-rows.module.css';
import { groupByOutcome } from './tally.js';
import { headerTitle, isTelling } from './telling-headers.js';

/** The exchanges by outcome: how many, with which status, and what their headers say. */
export function OutcomeRows({ exchanges }: { readonly exchanges: readonly Exchange[] }) {
  return (
    <ul className={styles.rows}>
      {groupByOutcome(exchanges).map(({ outcome, members }) => (
        <li key={outcome} className={styles.row}>
          <OutcomeLabel outcome={outcome} count={members.length} />
          <code className={styles.head}>
            {[...new Set(members.map(({ answer }) => answer?.status ?? '–'))].join(', ')}
          </code>
          <code className={styles.headers}>{tellsOf(members[0])}</code>
        </li>
      ))}
    </ul>
  );
}

/** Of one exchange for all: within an outcome they differ in nothing but when the key expires. */
function tellsOf(exchange: Exchange | undefined): string {
  const { answer } = exchange ?? {};
  if (answer === undefined) return '';
  const headers = Object.entries(answer.headers)
    .filter(([name]) => isTelling(name) && name !== 'idempotency-expires')
    // The status before whether it was replayed.
    .sort(([one], [other]) => other.localeCompare(one))
    .map(([name, value]) => `${headerTitle(name)}: ${value}`);
  return [problemCodeOf(answer) ?? [], headers].flat().join('   ');
}
