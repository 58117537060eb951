import { ParkedMessageDetail } from '@semel/contracts';
import { useState } from 'react';
import { read } from '../api/read.js';
import { Button } from '../design/button.js';
import { formatTime } from '../design/duration.js';
import { actOnParked } from './act-on-parked.js';
import { ParkedDetail } from './parked-detail.js';
import styles from './parked-row.module.css';
import type { ParkedAt } from './use-parked.js';

interface ParkedRowProps {
  readonly parked: ParkedAt;
  readonly onActed: () => void;
}

/** A parked message: why and since when, and what an operator may do about it. */
export function ParkedRow({ parked, onActed }: ParkedRowProps) {
  const { service, message } = parked;
  const [detail, setDetail] = useState<ParkedMessageDetail>();
  const [refusal, setRefusal] = useState<string>();
  const act = async (deed: 'replay' | 'discard') => {
    setRefusal(await actOnParked(parked, deed));
    setDetail(undefined);
    onActed();
  };
  const toggle = async () => {
    if (detail !== undefined) return setDetail(undefined);
    try {
      setDetail(await read(service, `/parked-messages/${message.id}`, ParkedMessageDetail));
    } catch {
      setRefusal('It can’t be read at the moment.');
    }
  };
  const name = message.key === null ? 'without a key' : message.key.slice(0, 8);
  return (
    <li className={styles.row} data-state={message.state}>
      <div className={styles.what}>
        <h3>
          {message.reason}
          {message.state !== 'parked' && <span className={styles.state}>{message.state}</span>}
        </h3>
        <p className={styles.error}>{message.error}</p>
        <p className={styles.facts}>
          <span>
            {message.topic}
            {message.partition !== null && ` / ${message.partition} @ ${message.offset}`}
          </span>
          <code>{name}</code>
          {message.attempt > 1 && <span>attempt {message.attempt}</span>}
          <time dateTime={message.parkedAt}>{formatTime(Date.parse(message.parkedAt))}</time>
        </p>
        {refusal !== undefined && (
          <p className={styles.refusal} role="status">
            {refusal}
          </p>
        )}
      </div>
      <div className={styles.acts}>
        <Button aria-expanded={detail !== undefined} aria-label={`Look at ${name}`} onClick={toggle}>
          {detail === undefined ? 'Look' : 'Close'}
        </Button>
        {message.state === 'parked' && (
          <>
            <Button
              aria-label={`Replay ${name}`}
              disabled={!message.replayable}
              onClick={() => act('replay')}
            >
              Replay
            </Button>
            <Button look="danger" aria-label={`Discard ${name}`} onClick={() => act('discard')}>
              Discard
            </Button>
          </>
        )}
      </div>
      {detail !== undefined && <ParkedDetail detail={detail} />}
    </li>
  );
}
