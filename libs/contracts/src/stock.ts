import { z } from 'zod';
import { limits } from './limits.js';
import { Sku } from './sku.js';
import { textOf } from './text.js';

/** How much of a SKU there is: `available` can be ordered, `reserved` is held for confirmed orders. */
export const Stock = z.object({ sku: Sku, available: z.int().min(0), reserved: z.int().min(0) });
export type Stock = z.infer<typeof Stock>;

/** The body of `PUT /stock/{sku}`: sets what is available, whatever it was. */
export const PutStock = z.strictObject({ available: z.int().min(0).max(limits.available) });
export type PutStock = z.infer<typeof PutStock>;

/** The body of `POST /stock/{sku}/adjustments`: adds `delta`, which may be negative but not zero. */
export const AdjustStock = z.strictObject({
  delta: z
    .int()
    .min(-limits.available)
    .max(limits.available)
    .refine((delta) => delta !== 0, { error: 'must not be zero' }),
  reason: textOf(1, limits.reasonCharacters),
});
export type AdjustStock = z.infer<typeof AdjustStock>;
