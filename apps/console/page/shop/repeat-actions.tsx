import { Button } from '../design/button.js';
import type { SentOrder } from './experiment.js';
import styles from './repeat-actions.module.css';
import { COPIES, type Experiments } from './use-experiments.js';

export interface RepeatActionsProps {
  readonly sent: SentOrder | undefined;
  readonly experiments: Experiments;
}

/** The ways of sending the last order again, with the key that it had. */
export function RepeatActions({ sent, experiments }: RepeatActionsProps) {
  const again = (action: (sent: SentOrder) => Promise<void>) => () => {
    if (sent !== undefined) void action(sent);
  };
  return (
    <div className={styles.repeat}>
      <p className={styles.key}>
        {sent === undefined ? (
          'Once it is placed, send it again with its key:'
        ) : (
          <>
            Send it again with its key <code>{sent.request.key.slice(0, 8)}…</code>
          </>
        )}
      </p>
      <div className={styles.actions}>
        <Button disabled={sent === undefined} onClick={again(experiments.retryAtOnce)}>
          {COPIES} times at once
        </Button>
        <Button disabled={sent === undefined} onClick={again(experiments.retry)}>
          Once, later
        </Button>
        <Button disabled={sent === undefined} onClick={again(experiments.otherCart)}>
          With another cart
        </Button>
      </div>
    </div>
  );
}
