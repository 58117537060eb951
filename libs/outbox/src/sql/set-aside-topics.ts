import type { Statement } from '@semel/idempotency';

/** Topics whose events wait for the topic to exist. */
export function setAsideTopics(): Statement<{ topic: string }> {
  return {
    name: 'outbox-set-aside-topics',
    text: `
      SELECT DISTINCT topic FROM outbox
      WHERE set_aside_at IS NOT NULL AND published_at IS NULL AND set_aside_reason = 'unknown-topic'`,
  };
}
