/**
 * How many buckets the keys are dealt into; relays share the buckets. Fixed for the life of the table (its rows carry
 * their bucket, and `outbox_lease` holds one row for each): 64 let up to 64 relays work at once.
 */
export const buckets = 64;

/**
 * The bucket of a message key: FNV-1a over its UTF-8 bytes, folded. Computed here and not by PostgreSQL's hashtext(),
 * whose values may change with a major version, which would split a key between two relays.
 */
export function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  // FNV's low bits mix poorly on short keys: fold the high half in.
  return ((hash >>> 16) ^ hash) & (buckets - 1);
}
