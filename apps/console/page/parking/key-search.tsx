import { Search } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../design/button.js';
import { Panel } from '../design/panel.js';
import styles from './key-search.module.css';
import { type FoundKey, searchKey } from './search-key.js';

/** What became of a key, at both services. */
export function KeySearch() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<{ readonly key: string; readonly rows: readonly FoundKey[] }>();
  const [failed, setFailed] = useState(false);
  const search = async (event: FormEvent) => {
    event.preventDefault();
    const key = text.trim();
    if (key === '') return;
    try {
      setFound({ key, rows: await searchKey(key) });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <Panel title="What became of a key">
      <form className={styles.form} onSubmit={search}>
        <label className={styles.field}>
          <span className="visually-hidden">A key, or an order’s id</span>
          <Search aria-hidden="true" />
          <input
            type="search"
            placeholder="A key, or an order’s id"
            value={text}
            spellCheck={false}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <Button type="submit">Search</Button>
      </form>
      <div aria-live="polite">
        {failed && <p className={styles.none}>A service does not answer at the moment: search again.</p>}
        {found?.rows.length === 0 && (
          <p className={styles.none}>Nobody knows it: not received yet, rolled back, or forgotten.</p>
        )}
        <ul>
          {found?.rows.map((row) => (
            <KeyFound key={`${row.table} ${row.scope}`} row={row} />
          ))}
        </ul>
      </div>
    </Panel>
  );
}

function KeyFound({ row }: { readonly row: FoundKey }) {
  const facts = [
    ['scope', row.scope],
    ['request', row.request],
    ['answered', row.answered],
    ['created', row.createdAt],
    ['processed', row.processedAt],
    ['forgotten', row.expiresAt],
  ] as const;
  return (
    <li className={styles.row} data-status={row.status}>
      <h3>
        {row.table} <span className={styles.status}>{row.status}</span>
      </h3>
      <dl className={styles.facts}>
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </li>
  );
}
