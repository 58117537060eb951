import { listPageOf, ParkedMessage } from '@semel/contracts';
import { useCallback } from 'react';
import { read, type ServiceName } from '../api/read.js';
import { type Polled, usePolled } from '../api/use-polled.js';

/** A message that could not be processed, and the service that parked it. */
export interface ParkedAt {
  readonly service: ServiceName;
  readonly message: ParkedMessage;
}

const Page = listPageOf(ParkedMessage);
const EVERY_MS = 2_500;
const SHOWN = 20;
const LOTS: readonly ServiceName[] = ['inventory', 'order-as-operator'];

/** Both services' parking lots, newest first; also what was replayed or discarded, where `all`. */
export function useParked(all: boolean, occasion: unknown): Polled<readonly ParkedAt[]> {
  const load = useCallback(
    async (signal: AbortSignal): Promise<readonly ParkedAt[]> => {
      const state = all ? 'any' : 'parked';
      const lots = await Promise.all(
        LOTS.map(async (service) => {
          const { items } = await read(
            service,
            `/parked-messages?state=${state}&limit=${SHOWN}`,
            Page,
            signal,
          );
          return items.map((message) => ({ service, message }));
        }),
      );
      return lots.flat().sort((one, other) => other.message.parkedAt.localeCompare(one.message.parkedAt));
    },
    [all],
  );
  return usePolled(load, EVERY_MS, occasion);
}
