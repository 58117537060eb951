import type { Statement } from '@semel/idempotency';
import { type ChangedEvent, type SetAsideSelection, selected, valuesOf } from './release-set-aside.js';

/**
 * Gives up events that were set aside: they are never sent, and what waits behind them goes on. They keep their reason,
 * and count as published from now on, so that they are kept and deleted like the others.
 */
export function discardSetAside(selection: SetAsideSelection, actor: string): Statement<ChangedEvent> {
  return {
    text: `
      UPDATE outbox SET published_at = clock_timestamp(), discarded_by = $5
      WHERE ${selected}
      RETURNING id, topic, key`,
    values: [...valuesOf(selection), actor],
  };
}
