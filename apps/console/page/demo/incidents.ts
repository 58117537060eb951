import { useSyncExternalStore } from 'react';
import type { StackProcess } from './stack-state.js';

export type IncidentKind = 'act' | 'down' | 'back' | 'refused';

/** Something that was done to the stack, or that was seen to happen to it. */
export interface Incident {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: IncidentKind;
  readonly text: string;
}

const KEPT = 60;

let incidents: readonly Incident[] = [];
let number = 0;
const listeners = new Set<() => void>();

/** Notes an incident. The log outlives the view that shows it. */
export function note(kind: IncidentKind, text: string): void {
  number += 1;
  incidents = [{ id: number, at: Date.now(), kind, text }, ...incidents].slice(0, KEPT);
  for (const listener of listeners) listener();
}

export function useIncidents(): readonly Incident[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => incidents,
  );
}

/** When each process was first seen not to be ready. */
const downSince = new Map<string, number>();

/** Compares what the stack says of its processes with what it said before, and notes who went and who came back. */
export function compare(before: readonly StackProcess[] | undefined, now: readonly StackProcess[]): void {
  for (const process of now) {
    const earlier = before?.find(({ name }) => name === process.name);
    if (earlier === undefined) continue;
    const gone = earlier.pid !== process.pid || process.state !== 'ready';
    if (earlier.state === 'ready' && gone && !downSince.has(process.name)) {
      downSince.set(process.name, Date.now());
      note('down', `${nameOf(process.name)} is gone (pid ${earlier.pid ?? '–'})`);
    }
    const since = downSince.get(process.name);
    if (since !== undefined && process.state === 'ready') {
      downSince.delete(process.name);
      note('back', `${nameOf(process.name)} is ready again (pid ${process.pid ?? '–'})`);
    }
  }
}

const names: Readonly<Record<string, string>> = { kafka: 'Kafka', postgres: 'PostgreSQL' };

/** `order-2` is Order 2. */
export function nameOf(process: string): string {
  const named = names[process];
  if (named !== undefined) return named;
  return `${process.charAt(0).toUpperCase()}${process.slice(1)}`.replace('-', ' ');
}
