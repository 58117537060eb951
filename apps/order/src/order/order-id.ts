import { randomUUID } from 'node:crypto';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

let lastMillisecond = 0;
let sequence = 0;

/**
 * A new order's id: a UUID of version 7 (RFC 9562, section 5.7), whose neighbours in time are neighbours in the index. Those of
 * one millisecond are counted up in `rand_a`, so that the ids of a process ascend. It orders the index, it tells no time.
 */
export function newOrderId(): string {
  const now = Date.now();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    // More than 4,096 in a millisecond, or a clock that was set back: the next millisecond is borrowed.
    lastMillisecond += 1;
    sequence = 0;
  }
  const time = lastMillisecond.toString(16).padStart(12, '0');
  const counter = sequence.toString(16).padStart(3, '0');
  // Variant and random bits are those of a UUID of version 4, for which Node draws the bits of many at a time.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}${randomUUID().slice(18)}`;
}

/** The id that a text from outside stands for, as the database writes it; undefined where no order can have it. */
export function orderIdOf(text: string): string | undefined {
  return uuid.test(text) ? text.toLowerCase() : undefined;
}
