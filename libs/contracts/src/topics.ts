/** Order to Inventory. */
export const PURCHASES = 'purchases';
/** Inventory to Order. */
export const RESERVATIONS = 'reservations';
/** Of each topic. Fixed for good: with another count a key's events would move to another partition and lose their order. */
export const PARTITIONS = 12;
/** Where messages of a topic go that can't be processed. */
export const deadLettersOf = (topic: string): string => `${topic}.dlq`;
