import type { IsTransient } from './classify.js';
import type { KafkaLogger } from './logger.js';
import type { KafkaObserver } from './observer.js';
import type { CheckedOptions } from './options.js';
import type { ParkingLot } from './parking-lot.js';

/** What a partition needs of the consumer it belongs to. */
export interface Surroundings {
  readonly options: CheckedOptions;
  readonly isTransient: IsTransient;
  readonly lot: ParkingLot;
  readonly logger: KafkaLogger;
  readonly observer: Required<KafkaObserver>;
  /** True once the service is shutting down: nothing new is begun. */
  isClosing(): boolean;
}

const silence = () => {};

/** An observer whose methods all exist and never throw. */
export function guarded(observer: KafkaObserver, logger: KafkaLogger): Required<KafkaObserver> {
  const guard =
    <Event>(name: string, observe: (event: Event) => void) =>
    (event: Event) => {
      try {
        observe(event);
      } catch (error) {
        logger.error(`The Kafka observer's ${name}() threw: ${String(error)}`);
      }
    };
  return {
    joined: guard('joined', observer.joined?.bind(observer) ?? silence),
    received: guard('received', observer.received?.bind(observer) ?? silence),
    handled: guard('handled', observer.handled?.bind(observer) ?? silence),
    parked: guard('parked', observer.parked?.bind(observer) ?? silence),
    waiting: guard('waiting', observer.waiting?.bind(observer) ?? silence),
    committed: guard('committed', observer.committed?.bind(observer) ?? silence),
  };
}

/** A classification that itself fails must not send a message to the parking lot: its error counts as passing. */
export function guardedClassification(isTransient: IsTransient, logger: KafkaLogger): IsTransient {
  return (error) => {
    try {
      return isTransient(error);
    } catch (failure) {
      logger.error(`isTransient() threw, so the message is retried: ${String(failure)}`);
      return true;
    }
  };
}
