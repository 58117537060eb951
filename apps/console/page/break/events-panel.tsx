import { ToggleGroup } from 'radix-ui';
import { useId, useState } from 'react';
import type { StackState } from '../demo/stack-state.js';
import { Button } from '../design/button.js';
import { Panel } from '../design/panel.js';
import { Toggle } from '../design/toggle.js';
import styles from './events-panel.module.css';
import type { StackWatch } from './use-stack.js';

interface EventsPanelProps {
  readonly state: StackState | undefined;
  readonly act: StackWatch['act'];
}

const HOLD_SECONDS = 15;
const delays = [
  { seconds: 0, name: 'at once' },
  { seconds: 5, name: '5 s later' },
  { seconds: 20, name: '20 s later' },
] as const;

/** What may happen to an event on its way. */
export function EventsPanel({ state, act }: EventsPanelProps) {
  const [delay, setDelay] = useState(0);
  const twice = useId();
  const repeating = state?.repeat.afterSeconds;
  const on = repeating !== undefined && repeating !== null;
  const held = state?.heldForSeconds ?? 0;
  const repeat = (afterSeconds: number | null) =>
    act(
      afterSeconds === null
        ? 'Events are sent once again'
        : `Every event is sent twice, ${delays.find(({ seconds }) => seconds === afterSeconds)?.name ?? ''}`,
      '/events/repeat',
      { afterSeconds },
    );
  return (
    <Panel title="Events">
      <div className={styles.row}>
        <div className={styles.what}>
          <label htmlFor={twice}>Send every event twice</label>
          <p>
            {(state?.repeat.copies ?? 0).toLocaleString('en')} copies sent, on both topics, each with its key
            and payload
          </p>
          <ToggleGroup.Root
            type="single"
            className={styles.delays}
            aria-label="When the copy is sent"
            value={String(on ? repeating : delay)}
            onValueChange={(value) => {
              if (value === '') return;
              setDelay(Number(value));
              if (on) void repeat(Number(value));
            }}
          >
            {delays.map(({ seconds, name }) => (
              <ToggleGroup.Item key={seconds} value={String(seconds)}>
                {name}
              </ToggleGroup.Item>
            ))}
          </ToggleGroup.Root>
        </div>
        <Toggle id={twice} on={on} onChange={(next) => repeat(next ? delay : null)} />
      </div>
      <div className={styles.row}>
        <div className={styles.what}>
          <h3>Deliver late</h3>
          <p>
            {held > 0
              ? `Events wait in both outboxes for another ${held} s`
              : 'Both outboxes keep their events, as if the relay had died'}
          </p>
        </div>
        {held > 0 ? (
          <Button onClick={() => act('Events flow again', '/events/hold', { seconds: 0 })}>
            Let them go
          </Button>
        ) : (
          <Button
            onClick={() =>
              act(`Events are held back for ${HOLD_SECONDS} s`, '/events/hold', { seconds: HOLD_SECONDS })
            }
          >
            Hold for {HOLD_SECONDS} s
          </Button>
        )}
      </div>
      <div className={styles.row}>
        <div className={styles.what}>
          <h3>Send nonsense</h3>
          <p>A purchase that breaks its schema: it ends in the parking lot, the rest goes on</p>
        </div>
        <Button onClick={() => act('Sent a purchase that breaks its schema', '/events/poison')}>
          Send it
        </Button>
      </div>
    </Panel>
  );
}
