import { identityOf } from '../identity.js';
import type { Operation, Outcome } from '../operation.js';
import { deferred } from './deferred.js';

/** An operation that this process is working on. */
export interface Flight {
  readonly operation: Operation;
  readonly since: Date;
  /** Whether its claim was granted: only then is it known that this request is the key's. */
  executing: boolean;
  /** What the claim said: an outcome, or that the operation executes. */
  readonly claimed: Promise<Outcome | 'executing'>;
  /** Resolves when the operation is over, whatever became of it. */
  readonly finished: Promise<void>;
}

interface ControlledFlight extends Flight {
  grant(): void;
  land(outcome: Outcome): void;
}

/**
 * Single flight in front of the database, so that a storm of retries costs no connection: whoever comes second to a
 * key of this process hears at once that it is in flight. Across processes the advisory lock says the same.
 */
export class Flights {
  private readonly flights = new Map<string, ControlledFlight>();

  get size(): number {
    return this.flights.size;
  }

  find(operation: Pick<Operation, 'scope' | 'key'>): Flight | undefined {
    return this.flights.get(identityOf(operation));
  }

  depart(operation: Operation): void {
    const claimed = deferred<Outcome | 'executing'>();
    const finished = deferred<void>();
    const identity = identityOf(operation);
    const flight: ControlledFlight = {
      operation,
      since: new Date(),
      executing: false,
      claimed: claimed.promise,
      finished: finished.promise,
      grant: () => {
        flight.executing = true;
        claimed.resolve('executing');
      },
      land: (outcome) => {
        if (this.flights.get(identity) === flight) this.flights.delete(identity);
        claimed.resolve(outcome);
        finished.resolve();
      },
    };
    this.flights.set(identity, flight);
  }

  grant(operation: Operation): void {
    this.flights.get(identityOf(operation))?.grant();
  }

  land(operation: Operation, outcome: Outcome): void {
    const flight = this.flights.get(identityOf(operation));
    if (flight?.operation === operation) flight.land(outcome);
  }
}
