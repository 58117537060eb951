import type { Statement } from '@semel/idempotency';

export interface GivenUp {
  readonly topic: string;
  readonly key: string;
  readonly partition: number;
  /** bigint, as text */
  readonly offset: string;
}

/** What is discarded keeps nothing of its key waiting any longer, in no handler. */
export function giveUpMessages(messages: readonly GivenUp[]): Statement<never> {
  return {
    text: `
      DELETE FROM parked_message AS parked
      USING unnest($1::text[], $2::text[], $3::integer[], $4::bigint[]) AS gone (topic, key, at_partition, at_offset)
      WHERE parked.topic = gone.topic AND parked.key = gone.key
        AND parked.at_partition = gone.at_partition AND parked.at_offset = gone.at_offset`,
    values: [
      messages.map(({ topic }) => topic),
      messages.map(({ key }) => key),
      messages.map(({ partition }) => partition),
      messages.map(({ offset }) => offset),
    ],
  };
}
