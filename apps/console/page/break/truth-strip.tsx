import { Check, X } from 'lucide-react';
import type { Polled } from '../api/use-polled.js';
import type { Books } from '../demo/books.js';
import styles from './truth-strip.module.css';

/** The ledger in one line, to be watched while things break. */
export function TruthStrip({ books }: { readonly books: Polled<Books> }) {
  const { value, failed } = books;
  return (
    <section className={styles.strip} aria-label="The ledger in short" data-stale={failed}>
      <ul className={styles.invariants}>
        {value?.invariants.map(({ name, holds, equation }) => (
          <li key={name} data-holds={holds}>
            <span className={styles.name}>
              {holds ? <Check aria-hidden="true" /> : <X aria-hidden="true" />}
              {name}
              <span className="visually-hidden">{holds ? 'holds' : 'is broken'}</span>
            </span>
            <span className={styles.equation}>{equation}</span>
          </li>
        ))}
      </ul>
      {value === undefined && <p>Opening the books.</p>}
      {failed && value !== undefined && (
        <p className={styles.stale}>A database does not answer: these are the last numbers.</p>
      )}
    </section>
  );
}
