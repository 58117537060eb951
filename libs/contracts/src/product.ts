import { z } from 'zod';
import { Money } from './money.js';
import { Sku } from './sku.js';

/** An entry of the catalogue: `GET /products`. */
export const Product = z.object({ sku: Sku, name: z.string(), unitPrice: Money });
export type Product = z.infer<typeof Product>;
