import { useCallback } from 'react';
import { z } from 'zod';
import { read } from '../api/read.js';
import { usePolled } from '../api/use-polled.js';
import styles from './service-lights.module.css';

const EVERY_MS = 2_000;
const Ready = z.object({ status: z.string() });

/** Whether each service says of itself that it is ready. */
export function ServiceLights() {
  return (
    <ul className={styles.lights} aria-label="Services">
      <Light service="order" name="Order" />
      <Light service="inventory" name="Inventory" />
    </ul>
  );
}

function Light({ service, name }: { readonly service: 'order' | 'inventory'; readonly name: string }) {
  const load = useCallback((signal: AbortSignal) => read(service, '/health/ready', Ready, signal), [service]);
  const { value, failed } = usePolled(load, EVERY_MS);
  const known = value === undefined ? 'unknown' : 'ready';
  const state = failed ? 'down' : known;
  return (
    <li className={styles.light} data-state={state}>
      <span className={styles.dot} aria-hidden="true" />
      {name}
      <span className={state === 'down' ? styles.word : 'visually-hidden'}>{words[state]}</span>
    </li>
  );
}

const words = { ready: 'is ready', down: 'not ready', unknown: 'is being asked' };
