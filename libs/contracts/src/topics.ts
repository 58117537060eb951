/** Order to Inventory. */
export const PURCHASES = 'purchases';
/** Inventory to Order. */
export const RESERVATIONS = 'reservations';
/** Of each topic. Fixed for good: with another count a key's events would move to another partition and lose their order. */
export const PARTITIONS = 12;
/** What a topic is created with. Kept for a week and a day at most, for consumers to remember what they have processed for longer. */
export const TOPIC = {
  partitions: PARTITIONS,
  config: { 'retention.ms': '604800000', 'segment.ms': '86400000' },
} as const;
/** Where messages of a topic go that can't be processed. */
export const deadLettersOf = (topic: string): string => `${topic}.dlq`;
