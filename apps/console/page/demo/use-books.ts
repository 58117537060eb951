import { useCallback } from 'react';
import { type Polled, usePolled } from '../api/use-polled.js';
import { Books } from './books.js';
import { readControl } from './control.js';

const EVERY_MS = 1_500;

/** Both databases' books, again and again. */
export function useBooks(): Polled<Books> {
  const load = useCallback((signal: AbortSignal) => readControl('/ledger', Books, signal), []);
  return usePolled(load, EVERY_MS);
}
