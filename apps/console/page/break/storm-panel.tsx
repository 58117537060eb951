import { Slider } from 'radix-ui';
import { useEffect, useState } from 'react';
import type { Storm } from '../demo/stack-state.js';
import { Button } from '../design/button.js';
import { Panel } from '../design/panel.js';
import { type ChartSeries, LiveChart } from '../ledger/live-chart.js';
import type { Point } from '../ledger/series.js';
import styles from './storm-panel.module.css';
import type { StackWatch } from './use-stack.js';

interface StormPanelProps {
  readonly storm: Storm | undefined;
  readonly points: readonly Point[];
  readonly act: StackWatch['act'];
}

const MOST = 100;
const FIRST = 20;

const throughput: readonly ChartSeries[] = [
  { name: 'executed', colour: 'executed', value: ({ executed }) => executed, filled: true },
  { name: 'stopped', colour: 'replayed', value: ({ stopped }) => stopped },
];

/** Many clients at once, and how they fare. */
export function StormPanel({ storm, points, act }: StormPanelProps) {
  const [rate, setRate] = useState(FIRST);
  const current = storm?.rate ?? 0;
  const blowing = current > 0;
  // Somebody else, or an earlier visit, may have raised it.
  useEffect(() => {
    if (current > 0) setRate(current);
  }, [current]);
  const blow = (next: number) =>
    act(next === 0 ? 'The storm ended' : `A storm of ${next} orders a second`, '/storm', { rate: next });
  return (
    <Panel
      title="A storm of clients"
      aside={
        <Button look={blowing ? 'plain' : 'main'} onClick={() => blow(blowing ? 0 : rate)}>
          {blowing ? 'End the storm' : 'Raise a storm'}
        </Button>
      }
    >
      <div className={styles.rate}>
        <Slider.Root
          className={styles.slider}
          min={1}
          max={MOST}
          value={[rate]}
          onValueChange={([next = FIRST]) => setRate(next)}
          onValueCommit={([next = FIRST]) => {
            if (blowing) void blow(next);
          }}
        >
          <Slider.Track className={styles.track}>
            <Slider.Range className={styles.range} />
          </Slider.Track>
          <Slider.Thumb className={styles.thumb} aria-label="Orders a second" />
        </Slider.Root>
        <output>
          <b>{rate}</b> orders a second
        </output>
      </div>
      <dl className={styles.figures}>
        <Figure name="requests" value={storm?.requests} />
        <Figure name="orders" value={storm?.orders} />
        <Figure name="stopped" value={storm && storm.replayed + storm.inFlight} />
        <Figure name="lost" value={storm && storm.lost + storm.failed} />
        <Figure name="waiting" value={storm?.pending} />
      </dl>
      <LiveChart title="Operations at Order" unit="/s" points={points} series={throughput} bare />
    </Panel>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: number | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value?.toLocaleString('en') ?? '–'}</dd>
    </div>
  );
}
