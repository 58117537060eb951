import type { Statement } from '@semel/idempotency';

/** The newest entry's position, 0 where there is none. What comes later is not part of what an operator has seen. */
export function lastPosition(): Statement<{ position: string }> {
  return { text: 'SELECT coalesce(max(position), 0) AS position FROM parking_entry' };
}
