import { z } from 'zod';

/**
 * An order's id as it travels in events and as their message key: 1 to 255 visible ASCII characters. Order itself makes UUIDs;
 * Inventory takes what an event carries, as long as a `text` column can hold it.
 */
export const OrderId = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' });
export type OrderId = z.infer<typeof OrderId>;
