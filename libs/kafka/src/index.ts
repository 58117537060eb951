export type { Backoff } from './backoff.js';
export { createTopics } from './create-topics.js';
export { ConsumerDiedError, KafkaHandlerError, KafkaOptionsError, KafkaRetentionError } from './errors.js';
export { sentHeaders } from './headers.js';
export type { KafkaHealth } from './health.js';
export { KafkaEvent, type KafkaEventOptions } from './kafka-event.js';
export { KafkaTransport, type KafkaTransportEvents } from './kafka-transport.js';
export type { KafkaLogger } from './logger.js';
export {
  type MessageDecoder,
  parkingReasons,
  type ReceivedMessage,
  type UndecodedMessage,
  type Verdict,
} from './message.js';
export { KafkaMessageContext } from './message-context.js';
export type { KafkaObserver } from './observer.js';
export type { KafkaTransportOptions, TopicSpec } from './options.js';
export type { Origin, ParkedKeys, ParkedMessage } from './parked-keys.js';
export { parkingLotOf, replayHeader } from './parking-lot.js';
export type { WaitingPartition } from './partition-consumer.js';
