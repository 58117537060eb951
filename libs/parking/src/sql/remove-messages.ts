import type { Statement } from '@semel/idempotency';
import type { Origin } from '@semel/kafka';

export function removeMessages(
  consumer: string,
  topic: string,
  messages: readonly (Origin & { readonly key: string })[],
): Statement<never> {
  return {
    text: `
      DELETE FROM parked_message AS parked
      USING unnest($3::text[], $4::integer[], $5::bigint[]) AS gone (key, at_partition, at_offset)
      WHERE consumer = $1 AND topic = $2 AND parked.key = gone.key
        AND parked.at_partition = gone.at_partition AND parked.at_offset = gone.at_offset`,
    values: [
      consumer,
      topic,
      messages.map(({ key }) => key),
      messages.map(({ partition }) => partition),
      messages.map(({ offset }) => offset),
    ],
  };
}
