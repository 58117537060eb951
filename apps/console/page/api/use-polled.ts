import { useEffect, useState } from 'react';

export interface Polled<Value> {
  /** The newest value, also while the service can't be reached. */
  readonly value: Value | undefined;
  /** Whether the last attempt failed. */
  readonly failed: boolean;
}

/** A service that died is up again within seconds. */
const AGAIN_AFTER_MS = 1_500;

/** Reads again and again while the page is visible, and at once when `load` or `occasion` changes. */
export function usePolled<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  everyMs: number,
  occasion: unknown = undefined,
): Polled<Value> {
  const [polled, setPolled] = useState<Polled<Value>>({ value: undefined, failed: false });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the occasion is there to start anew, not to be read.
  useEffect(() => {
    const leaving = new AbortController();
    let timer: number | undefined;
    const round = async () => {
      let pauseMs = everyMs;
      if (document.visibilityState === 'visible') {
        try {
          const value = await load(leaving.signal);
          if (!leaving.signal.aborted) setPolled({ value, failed: false });
        } catch {
          // Shown as `failed`; the next round tries again.
          if (!leaving.signal.aborted) setPolled(({ value }) => ({ value, failed: true }));
          pauseMs = Math.min(everyMs, AGAIN_AFTER_MS);
        }
      }
      if (!leaving.signal.aborted) timer = window.setTimeout(round, pauseMs);
    };
    void round();
    return () => {
      leaving.abort();
      window.clearTimeout(timer);
    };
  }, [load, everyMs, occasion]);

  return polled;
}
