import { useCallback, useEffect, useRef } from 'react';
import { usePolled } from '../api/use-polled.js';
import { ControlError, readControl, tellControl } from '../demo/control.js';
import { compare, note } from '../demo/incidents.js';
import { StackState } from '../demo/stack-state.js';

const EVERY_MS = 700;

export interface StackWatch {
  readonly state: StackState | undefined;
  /** Whether the console does not answer, as while it is started anew. */
  readonly away: boolean;
  /** Does something to the stack and notes it. */
  readonly act: (what: string, path: string, body?: object) => Promise<void>;
}

/** What the stack is like, again and again, and what may be done to it. */
export function useStack(): StackWatch {
  const load = useCallback((signal: AbortSignal) => readControl('/state', StackState, signal), []);
  const { value: state, failed: away } = usePolled(load, EVERY_MS);
  const before = useRef<StackState>(undefined);
  useEffect(() => {
    if (state === undefined) return;
    compare(before.current?.processes, state.processes);
    before.current = state;
  }, [state]);
  const act = useCallback(async (what: string, path: string, body: object = {}) => {
    note('act', what);
    try {
      await tellControl(path, body);
    } catch (error) {
      // Whoever kills the console does not hear from it: whether a thing was done that it did not answer, the list shows.
      note('refused', error instanceof ControlError ? error.message : `No answer came to: ${what}`);
    }
  }, []);
  return { state, away, act };
}
