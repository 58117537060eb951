import type { Exchange } from '../api/exchange.js';
import { formatMilliseconds } from '../design/duration.js';
import { OutcomeMark, outcomeNames } from '../design/outcome-mark.js';
import styles from './exchange-cell.module.css';

export interface ExchangeCellProps {
  readonly exchange: Exchange;
  readonly number: number;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** An exchange as a mark that opens it. */
export function ExchangeCell({ exchange, number, open, onToggle }: ExchangeCellProps) {
  const { outcome, answer, elapsedMs } = exchange;
  const label = `${number}: ${answer?.status ?? 'no answer'}, ${outcomeNames[outcome]}, ${formatMilliseconds(elapsedMs)}`;
  return (
    <li>
      <button
        type="button"
        className={styles.cell}
        data-outcome={outcome}
        aria-expanded={open}
        aria-label={`Exchange ${label}`}
        title={label}
        onClick={onToggle}
      >
        <OutcomeMark outcome={outcome} />
      </button>
    </li>
  );
}
