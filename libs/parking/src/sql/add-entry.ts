import type { Statement } from '@semel/idempotency';
import type { ParkingEntry } from '../register/entry.js';

/**
 * Enters a message of the parking lot; one that is there stays as it is. A message that came back after a replay points to what
 * was replayed: the last entry of the same key and origin.
 */
export function addEntry(entry: ParkingEntry): Statement<{ id: string }> {
  return {
    name: 'parking-add-entry',
    text: `
      WITH before AS (
        SELECT id, attempt FROM parking_entry
        WHERE $13 AND key = $8::bytea AND topic = $2
          AND origin_partition = $5::integer AND origin_offset = $6::bigint AND id <> $1::uuid
        ORDER BY position DESC
        LIMIT 1
      )
      INSERT INTO parking_entry (id, topic, at_partition, at_offset, origin_partition, origin_offset, type, key, value,
                                 headers, reason, error, parked_at, replayable, attempt, predecessor)
      SELECT $1::uuid, $2, $3::integer, $4::bigint, $5::integer, $6::bigint, $7, $8::bytea, $9::bytea,
             $10::json, $11, $12, $14::timestamptz, $15::boolean,
             coalesce((SELECT attempt FROM before), 0) + 1, (SELECT id FROM before)
      ON CONFLICT (id) DO NOTHING
      RETURNING id`,
    values: [
      entry.id,
      entry.topic,
      entry.at?.partition ?? null,
      entry.at?.offset ?? null,
      entry.origin?.partition ?? null,
      entry.origin?.offset ?? null,
      entry.type,
      entry.key,
      entry.value,
      JSON.stringify(entry.headers),
      entry.reason,
      entry.error,
      entry.isReplay,
      entry.parkedAt,
      entry.replayable,
    ],
  };
}
