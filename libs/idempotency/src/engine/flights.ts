import { CallerGoneError } from '../errors.js';
import { identityOf } from '../identity.js';
import type { Operation, Outcome } from '../operation.js';
import { within } from './deadline.js';
import { Latch } from './deferred.js';

/** How long to wait for a claim of the same process before saying "in flight"; milliseconds. */
const sharedClaimPatience = 250;

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
    const claimed = new Latch<Outcome | 'executing'>();
    const finished = new Latch<void>();
    const identity = identityOf(operation);
    const flight: ControlledFlight = {
      operation,
      since: new Date(),
      executing: false,
      get claimed() {
        return claimed.promise;
      },
      get finished() {
        return finished.promise;
      },
      grant: () => {
        flight.executing = true;
        claimed.set('executing');
      },
      land: (outcome) => {
        if (this.flights.get(identity) === flight) this.flights.delete(identity);
        claimed.set(outcome);
        finished.set();
      },
    };
    this.flights.set(identity, flight);
  }

  grant(operation: Operation): void {
    this.flights.get(identityOf(operation))?.grant();
  }

  /**
   * What a flight's claim says of another request for its key, without a connection.
   *
   * @returns `undefined` where it says nothing: the request has to make a claim of its own
   */
  async hear(flight: Flight, operation: Operation): Promise<Outcome | undefined> {
    const same = flight.operation.fingerprint === operation.fingerprint;
    const said = flight.executing ? 'executing' : await within(flight.claimed, sharedClaimPatience);
    if (said === 'executing') return { kind: same ? 'in-flight' : 'mismatched' };
    if (said === undefined) return { kind: 'in-flight' };
    // Nobody waits for the first one any more, so it never began; this one's caller is still there.
    if (said.kind === 'failed' && said.error instanceof CallerGoneError) return undefined;
    return same ? said : undefined;
  }

  land(operation: Operation, outcome: Outcome): void {
    const flight = this.flights.get(identityOf(operation));
    if (flight?.operation === operation) flight.land(outcome);
  }
}
