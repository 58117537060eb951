import { useCallback } from 'react';
import { usePolled } from '../api/use-polled.js';
import { scrolls } from '../design/scrolls.js';
import { readControl } from './control.js';
import { NewestRows } from './key-rows.js';
import styles from './key-tables.module.css';

const EVERY_MS = 1_000;

interface KeyTablesProps {
  /** Whose rows are marked: by its id, which is the key of its events, and by the key that it was placed with. */
  readonly orderId: string;
  readonly ownKey: string | undefined;
}

/** The newest rows of both idempotency tables, as they change. */
export function KeyTables({ orderId, ownKey }: KeyTablesProps) {
  const load = useCallback((signal: AbortSignal) => readControl('/keys', NewestRows, signal), []);
  const { value } = usePolled(load, EVERY_MS);
  const isOwn = (key: string) => key === orderId || key === ownKey;
  return (
    <div className={styles.tables}>
      <KeyTable title="Order’s idempotency table" table={value?.order} isOwn={isOwn} />
      <KeyTable title="Inventory’s idempotency table" table={value?.inventory} isOwn={isOwn} />
    </div>
  );
}

interface KeyTableProps {
  readonly title: string;
  readonly table: NewestRows['order'] | undefined;
  readonly isOwn: (key: string) => boolean;
}

function KeyTable({ title, table, isOwn }: KeyTableProps) {
  return (
    <section className={styles.scroll} aria-label={title} {...scrolls}>
      <table className={styles.table}>
        <caption>
          {title}
          <span>{table === undefined ? '' : `${table.received} received now`}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">scope</th>
            <th scope="col">key</th>
            <th scope="col">status</th>
            <th scope="col">processed</th>
          </tr>
        </thead>
        <tbody>
          {table?.rows.map(({ scope, key, status, responseStatus, processedAt }) => (
            <tr key={`${scope} ${key}`} data-own={isOwn(key)}>
              <td title={scope}>{shortened(scope)}</td>
              <td title={key}>{key.slice(0, 8)}</td>
              <td>{responseStatus === null ? status : `${status} ${responseStatus}`}</td>
              <td>{processedAt?.slice(11, 23) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** `consumer:inventory.purchases/semel.purchase.placed.v1` is known by its event's type. */
function shortened(scope: string): string {
  return scope.replace(/^consumer:.*\/semel\.(.*)\.v1$/, '$1');
}
