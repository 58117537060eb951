import { useId, useState } from 'react';
import { Panel } from '../design/panel.js';
import { Toggle } from '../design/toggle.js';
import { View } from '../design/view.js';
import { KeySearch } from './key-search.js';
import { ParkedRow } from './parked-row.js';
import styles from './parking-view.module.css';
import { useParked } from './use-parked.js';

/** For operators: what could not be processed and what became of a key. */
export function ParkingView() {
  const [all, showAll] = useState(false);
  const [acts, countActs] = useState(0);
  const parked = useParked(all, acts);
  const toggle = useId();
  const waiting = parked.value?.filter(({ message }) => message.state === 'parked').length;
  return (
    <View
      title={headlineOf(waiting)}
      lead={
        <>
          What no consumer can process waits here, and everything else goes on.
          {parked.failed && ' One of the services does not answer at the moment.'}
        </>
      }
    >
      <div className={styles.columns}>
        <Panel
          title="Parked messages"
          aside={
            <span className={styles.toggle}>
              <label htmlFor={toggle}>Also what was replayed or discarded</label>
              <Toggle id={toggle} on={all} onChange={showAll} />
            </span>
          }
        >
          {parked.value?.length === 0 && <p className={styles.empty}>The lots of both services are empty.</p>}
          <ul>
            {parked.value?.map((each) => (
              <ParkedRow
                key={each.message.id}
                parked={each}
                onActed={() => countActs((count) => count + 1)}
              />
            ))}
          </ul>
        </Panel>
        <KeySearch />
      </div>
    </View>
  );
}

function headlineOf(waiting: number | undefined): string {
  if (waiting === undefined) return 'The parking lot';
  if (waiting === 0) return 'Nothing is parked.';
  return waiting === 1 ? 'One message is parked.' : `${waiting} messages are parked.`;
}
