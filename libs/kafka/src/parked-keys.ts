import type { KafkaMessage } from 'kafkajs';
import { lastOfEach } from './headers.js';
import { replayHeader } from './parking-lot.js';

/** Where a message lay in its topic when it was first read: a replay keeps it, although it is a new record. */
export interface Origin {
  readonly partition: number;
  /** A 64-bit number in decimal digits. */
  readonly offset: string;
}

/** A message of a key, by where it first lay. */
export interface ParkedMessage extends Origin {
  readonly key: string;
  readonly reason: string;
}

/**
 * The durable memory behind parking by key: which messages of which keys wait in the parking lot, in the order in which they were
 * put there. A key is parked while it has one. The service keeps it, in the database of the handler's effects; every method is
 * called between two messages of a key, so one statement of its own each is enough.
 */
export interface ParkedKeys {
  /** Of those keys that are parked: the message that was put aside first. */
  firstOf(consumer: string, topic: string, keys: readonly string[]): Promise<ReadonlyMap<string, Origin>>;
  /** Adds messages behind those that their keys have already. One that is there stays where it is. */
  add(consumer: string, topic: string, messages: readonly ParkedMessage[]): Promise<void>;
  /** These have been processed, or never will be. Those that are not there are fine. */
  remove(
    consumer: string,
    topic: string,
    messages: readonly (Origin & { readonly key: string })[],
  ): Promise<void>;
}

const origin = /^(\d{1,10}):(\d{1,19})$/;

export function originOf(sent: KafkaMessage, partition: number): Origin & { readonly isReplay: boolean } {
  // Of nearly all there is nothing to read: a replay is rare.
  const replayed =
    sent.headers?.[replayHeader] === undefined ? undefined : lastOfEach(sent.headers)[replayHeader];
  const [, from, offset] = origin.exec(replayed?.toString('latin1') ?? '') ?? [];
  if (from === undefined || offset === undefined) return { partition, offset: sent.offset, isReplay: false };
  return { partition: Number(from), offset, isReplay: true };
}
