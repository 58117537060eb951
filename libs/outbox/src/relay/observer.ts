import { Logger } from '@nestjs/common';
import type { SetAsideReason } from '../sql/set-aside.js';

/** Told what the relay does, for metrics and traces. Calls are synchronous; an observer that throws is only logged. */
export interface RelayObserver {
  /** The broker has acknowledged a request; its rows are not marked yet. */
  acknowledged?(events: number, milliseconds: number): void;
  /** Rows were marked as published. */
  published?(events: number): void;
  /** A request failed, or a statement did; the events stay and are tried again. */
  failed?(error: unknown): void;
  setAside?(events: number, reason: SetAsideReason): void;
  /** How many of the 64 buckets this relay holds, whenever it has renewed its leases. */
  holding?(buckets: number): void;
}

/** An observer that can't disturb the relay. */
export function guarded(observer: RelayObserver, logger: Logger): Required<RelayObserver> {
  const safely = (tell: () => void) => {
    try {
      tell();
    } catch (error) {
      logger.error(`The outbox observer threw: ${String(error)}`);
    }
  };
  return {
    acknowledged: (events, milliseconds) => safely(() => observer.acknowledged?.(events, milliseconds)),
    published: (events) => safely(() => observer.published?.(events)),
    failed: (error) => safely(() => observer.failed?.(error)),
    setAside: (events, reason) => safely(() => observer.setAside?.(events, reason)),
    holding: (buckets) => safely(() => observer.holding?.(buckets)),
  };
}
