import { IdempotencyKey } from '@semel/contracts';
import { useCallback } from 'react';
import { read } from '../api/read.js';
import { usePolled } from '../api/use-polled.js';

const EVERY_MS = 2_500;

/** What Order's idempotency table says of a key, again and again. */
export function useKeyRow(key: string | undefined): IdempotencyKey | undefined {
  const load = useCallback(
    async (signal: AbortSignal) =>
      key === undefined
        ? undefined
        : read('order', `/idempotency-keys/${encodeURIComponent(key)}`, IdempotencyKey, signal),
    [key],
  );
  const { value } = usePolled(load, EVERY_MS);
  return value?.key === key ? value : undefined;
}
