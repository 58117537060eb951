import { useState } from 'react';
import { formatTime } from '../design/duration.js';
import { ExchangeCell } from './exchange-cell.js';
import { ExchangeDetail } from './exchange-detail.js';
import type { Experiment } from './experiment.js';
import styles from './experiment-card.module.css';
import { OutcomeRows } from './outcome-rows.js';
import { experimentTitles, verdictOf } from './verdict.js';

/** From here on the marks are smaller. */
const MANY = 12;

/** One press of a button: what it showed, its exchanges as a row of marks, and one of them in full. */
export function ExperimentCard({ experiment }: { readonly experiment: Experiment }) {
  const { kind, exchanges, request, startedAt, running } = experiment;
  const [opened, open] = useState<string>();
  const shown = exchanges.find(({ id }) => id === opened);
  return (
    <li className={styles.card} aria-busy={running}>
      <div className={styles.head}>
        <h3>{experimentTitles[kind]}</h3>
        <span className={styles.facts}>
          <code title={request.key}>{request.key.slice(0, 8)}</code>
          <time>{formatTime(startedAt)}</time>
        </span>
      </div>
      <p className={styles.verdict}>{verdictOf(experiment)}</p>
      <div className={styles.row}>
        <ul className={styles.cells} data-many={exchanges.length > MANY} aria-label="Exchanges">
          {exchanges.map((exchange, index) => (
            <ExchangeCell
              key={exchange.id}
              exchange={exchange}
              number={index + 1}
              open={exchange.id === opened}
              onToggle={() => open(exchange.id === opened ? undefined : exchange.id)}
            />
          ))}
          {running && (
            <li className={styles.pending}>
              <span className="visually-hidden">waiting</span>
            </li>
          )}
        </ul>
        <OutcomeRows exchanges={exchanges} />
      </div>
      {shown !== undefined && <ExchangeDetail exchange={shown} />}
    </li>
  );
}
