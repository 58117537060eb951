import type { Exchange } from '../api/exchange.js';
import { formatMilliseconds } from '../design/duration.js';
import { OutcomeLabel } from '../design/outcome-mark.js';
import { scrolls } from '../design/scrolls.js';
import styles from './exchange-detail.module.css';
import { headerTitle, isTelling } from './telling-headers.js';

/** Headers that every answer has and that tell nothing about what happened. */
const COMMON = new Set([
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'vary',
  'x-content-type-options',
]);

/** A request and its answer as they went over the wire. */
export function ExchangeDetail({ exchange }: { readonly exchange: Exchange }) {
  const { request, answer, elapsedMs, outcome } = exchange;
  return (
    <div className={styles.detail}>
      <div className={styles.side}>
        <h4>Request</h4>
        <pre {...scrolls}>
          <b>
            {request.method} {request.path}
          </b>
          {'\n'}
          <Header name="idempotency-key" value={request.key} />
          {request.body !== undefined && <Header name="content-type" value="application/json" />}
          {request.body !== undefined && <Body text={request.body} />}
        </pre>
      </div>
      <div className={styles.side}>
        <h4>
          Answer <OutcomeLabel outcome={outcome} />
          <span className={styles.time}>{formatMilliseconds(elapsedMs)}</span>
        </h4>
        {answer === undefined ? (
          <p className={styles.none}>
            The connection was cut before an answer came. The client can’t know whether the order was made.
          </p>
        ) : (
          <pre {...scrolls}>
            <b>{answer.status}</b>
            {'\n'}
            {Object.entries(answer.headers)
              .filter(([name]) => !COMMON.has(name))
              .sort(byImportance)
              .map(([name, value]) => (
                <Header key={name} name={name} value={value} />
              ))}
            <Body text={answer.body} />
          </pre>
        )}
      </div>
    </div>
  );
}

function Header({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <span className={styles.header} data-telling={isTelling(name)}>
      <span className={styles.name}>{headerTitle(name)}:</span> {value}
      {'\n'}
    </span>
  );
}

function Body({ text }: { readonly text: string }) {
  return <span className={styles.body}>{`\n${pretty(text)}`}</span>;
}

function byImportance([one]: [string, string], [other]: [string, string]): number {
  return Number(isTelling(other)) - Number(isTelling(one)) || one.localeCompare(other);
}

/** For reading only: what was sent and received is compared by its bytes, not by this. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: it is shown as it came.
    return text;
  }
}
