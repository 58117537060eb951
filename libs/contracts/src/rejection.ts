import { z } from 'zod';

/** Why Inventory rejected an order: too little of a SKU, or a SKU that it has never had. */
export const RejectionCode = z.enum(['insufficient-stock', 'unknown-sku']);
export type RejectionCode = z.infer<typeof RejectionCode>;
