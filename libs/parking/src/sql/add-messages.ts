import type { Statement } from '@semel/idempotency';
import type { ParkedMessage } from '@semel/kafka';

/** In their order, behind what their keys have already. A message that is there keeps its place. */
export function addMessages(
  consumer: string,
  topic: string,
  messages: readonly ParkedMessage[],
): Statement<never> {
  return {
    text: `
      INSERT INTO parked_message (consumer, topic, key, at_partition, at_offset, reason)
      SELECT $1, $2, given.key, given.at_partition, given.at_offset, given.reason
      FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::text[])
        WITH ORDINALITY AS given (key, at_partition, at_offset, reason, nth)
      ORDER BY given.nth
      ON CONFLICT (consumer, topic, key, at_partition, at_offset) DO NOTHING`,
    values: [
      consumer,
      topic,
      messages.map(({ key }) => key),
      messages.map(({ partition }) => partition),
      messages.map(({ offset }) => offset),
      messages.map(({ reason }) => reason),
    ],
  };
}
