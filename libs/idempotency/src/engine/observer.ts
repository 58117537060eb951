import type { Answer, Outcome } from '../operation.js';

/** An operation, as far as a log line names it. */
export interface AnsweredOperation {
  readonly scope: string;
  readonly key: string;
  /** Of a message, in W3C's form: a request's is the active one. */
  readonly traceparent?: string;
}

/** Hears what the engine does, for metrics. Durations are seconds. It must not throw. */
export interface EngineObserver {
  /** An operation is over. */
  outcome?(kind: Outcome['kind']): void;
  /**
   * What a request or a message came to, once it is known for all of its call: in the asynchronous context of that call, so that
   * the log lines of a request can tell it.
   *
   * @param answer of a request that was executed or replayed
   */
  answered?(operation: AnsweredOperation, kind: Outcome['kind'], answer?: Answer): void;
  /** Operations that are in this process between asking for their claim and their outcome, after each change. */
  inFlight?(operations: number): void;
  /** Operations that wait for a place in a group, after each change. */
  queued?(operations: number): void;
  /** Requests that wait for the answer of another one (`Prefer: wait`), after each change. */
  waiting?(requests: number): void;
  /** Claims of one transaction were answered, waiting for a connection included. */
  claimed?(seconds: number, operations: number): void;
  /** The effect of one transaction ran, for all operations that it granted. */
  executed?(seconds: number, operations: number): void;
  /** The answers of one transaction were recorded and committed. */
  committed?(seconds: number, operations: number): void;
  /** A leased operation whose owner's lease was over is continued here. */
  takenOver?(): void;
  /** An operation of this process lost its lease before it was finished. */
  leaseLost?(): void;
  /** Keys were forgotten that had been leased and never finished: nobody asked for them again in their life. */
  abandoned?(keys: number): void;
  /** Expired keys were forgotten. */
  swept?(keys: number): void;
  /** A sweep came to nothing; the next one is due after the interval. */
  sweepFailed?(error: Error): void;
  /** Seconds since the oldest expired key should have been forgotten, after a sweep. */
  sweepLag?(seconds: number): void;
}
