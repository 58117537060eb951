import type { ConsumerState, GroupConsumer } from './group-consumer.js';
import type { WaitingPartition } from './partition-consumer.js';

export interface KafkaHealth {
  /**
   * The brokers are there: the membership was confirmed lately, or a rebalance is under way (after another member was
   * killed it lasts as long as his session). A paused partition alone does not make it unready.
   */
  readonly ready: boolean;
  readonly state: ConsumerState | 'unconfirmed';
  /** One sentence for people. */
  readonly detail: string;
  readonly lastError?: string;
  /** Partitions that wait for their next attempt, and why. */
  readonly waiting: readonly WaitingPartition[];
}

// So many heartbeats unanswered, and the brokers count as gone; the session itself lasts longer.
const missedHeartbeats = 3;

export function healthOf(
  consumer: GroupConsumer | undefined,
  options: { readonly heartbeatIntervalMs: number; readonly rebalanceTimeoutMs: number },
  isClosing: boolean,
): KafkaHealth {
  if (consumer === undefined) {
    return { ready: false, state: 'starting', detail: 'The Kafka consumer was not started.', waiting: [] };
  }
  const silentMs = performance.now() - consumer.confirmedAt;
  const isConfirmed = silentMs < options.heartbeatIntervalMs * (missedHeartbeats + 0.5);
  const state = consumer.state === 'joined' && !isConfirmed ? 'unconfirmed' : consumer.state;
  // A broker answers nothing while it waits for the other members.
  const isRebalancing = state === 'joining' && silentMs < options.rebalanceTimeoutMs;
  const ready = (state === 'joined' || isRebalancing) && !isClosing;
  const { lastError, waiting } = consumer;
  return {
    ready,
    state,
    detail: isClosing ? 'The Kafka consumer is closing.' : sentences[state],
    ...(ready || lastError === undefined ? {} : { lastError: lastError.message }),
    waiting,
  };
}

const sentences: Record<KafkaHealth['state'], string> = {
  starting: 'The Kafka consumer has not joined its group yet.',
  joined: 'The Kafka consumer is in its group.',
  joining: 'The Kafka consumer is joining its group: a rebalance is under way.',
  away: 'The Kafka consumer has lost its brokers or its group and is trying again.',
  unconfirmed: 'No Kafka broker has answered a heartbeat lately.',
  dead: 'The Kafka consumer died: restart the process.',
  closed: 'The Kafka consumer is closed.',
};
