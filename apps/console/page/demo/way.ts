import { OrderStatus } from '@semel/contracts';
import { z } from 'zod';
import { KeyRow } from './key-rows.js';

const OutboxRow = z.object({
  id: z.string(),
  topic: z.string(),
  type: z.string(),
  createdAt: z.string(),
  publishedAt: z.string().nullable(),
  again: z.boolean(),
});
export type OutboxRow = z.infer<typeof OutboxRow>;

const TopicRecord = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  type: z.string(),
  at: z.number(),
  copy: z.boolean(),
  taken: z.boolean(),
});
export type TopicRecord = z.infer<typeof TopicRecord>;

const Movement = z.object({
  sku: z.string(),
  kind: z.string(),
  available: z.coerce.number(),
  reserved: z.coerce.number(),
  at: z.string(),
});
export type Movement = z.infer<typeof Movement>;

/** Every trace that an order has left, as the stack finds it. */
export const Way = z.object({
  orderKeys: z.array(KeyRow),
  orderInbox: z.array(KeyRow),
  inventoryInbox: z.array(KeyRow),
  orderOutbox: z.array(OutboxRow),
  inventoryOutbox: z.array(OutboxRow),
  movements: z.array(Movement),
  order: z.object({ status: OrderStatus, version: z.int() }).nullable(),
  records: z.array(TopicRecord),
});
export type Way = z.infer<typeof Way>;
