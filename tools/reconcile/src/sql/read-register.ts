import type { Statement } from './statement.js';

export interface RegisteredMessage {
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  readonly state: string;
}

/** What the register of a consumer's parking lot knows of these keys: it outlives the lot, and tells what was discarded. */
export function readRegister(topic: string, keys: readonly string[]): Statement<RegisteredMessage> {
  return {
    text: `
      SELECT convert_from(key, 'UTF8') AS key, coalesce(type, '') AS type, reason, state FROM parking_entry
      WHERE topic = $1 AND key = ANY ($2::bytea[]) ORDER BY position`,
    values: [topic, keys.map((key) => Buffer.from(key))],
  };
}
