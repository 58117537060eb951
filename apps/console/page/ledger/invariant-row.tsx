import { Check, X } from 'lucide-react';
import styles from './invariant-row.module.css';
import type { Invariant } from './invariants.js';

const SHOWN = 10;

/** An invariant: green with its numbers, or red with the rows that break it. */
export function InvariantRow({ invariant }: { readonly invariant: Invariant }) {
  const { name, equation, explanation, holds, offenders } = invariant;
  return (
    <li className={styles.row} data-holds={holds}>
      <span className={styles.sign}>
        {holds ? <Check aria-hidden="true" /> : <X aria-hidden="true" />}
        <span className="visually-hidden">{holds ? 'holds' : 'is broken'}</span>
      </span>
      <div className={styles.name}>
        <h2>{name}</h2>
        <p>{explanation}</p>
      </div>
      <p className={styles.equation}>{equation}</p>
      {!holds && (
        <ul className={styles.offenders}>
          {offenders.slice(0, SHOWN).map((offender) => (
            <li key={offender}>{offender}</li>
          ))}
          {offenders.length > SHOWN && <li>and {offenders.length - SHOWN} more</li>}
        </ul>
      )}
    </li>
  );
}
