import type { Verdict } from './message.js';

/**
 * What happens to the messages, for metrics and tests. Each method is optional, is called synchronously and should be
 * quick; what it throws is logged and changes nothing.
 */
export interface KafkaObserver {
  /** The consumer joined its group and owns these partitions from now on. */
  joined?(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** A batch was fetched; `lag` counts the messages behind the last one of the batch. */
  received?(batch: { topic: string; partition: number; messages: number; lag: number }): void;
  /** A handler answered for some messages. */
  handled?(call: {
    topic: string;
    partition: number;
    handler: string;
    messages: number;
    verdicts: Readonly<Record<Verdict['kind'], number>>;
    seconds: number;
  }): void;
  /** A message lies in the parking lot, acknowledged by its brokers. */
  parked?(message: { topic: string; partition: number; offset: string; reason: string }): void;
  /** A partition is paused; it is tried again after `delayMs`. `attempt` counts from 1. */
  waiting?(pause: { topic: string; partition: number; attempt: number; delayMs: number; error: Error }): void;
  /** `offset` is the next message to be read after a restart; `lag` counts the messages from there on. */
  committed?(position: { topic: string; partition: number; offset: string; lag: number }): void;
}
