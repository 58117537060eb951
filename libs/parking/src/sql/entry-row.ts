import type { ParkedMessageState } from '@semel/contracts';

/** An entry as it is listed. */
export interface EntryRow {
  readonly id: string;
  /** bigint, as text */
  readonly position: string;
  readonly topic: string;
  readonly at_partition: number | null;
  /** bigint, as text */
  readonly at_offset: string | null;
  readonly key: Buffer | null;
  readonly type: string | null;
  readonly reason: string;
  readonly error: string;
  readonly parked_at: Date;
  readonly attempt: number;
  readonly predecessor: string | null;
  readonly replayable: boolean;
  readonly state: ParkedMessageState;
}

export const entryColumns = `id, position, topic, at_partition, at_offset, key, type, reason, error, parked_at, attempt,
             predecessor, replayable, state`;
