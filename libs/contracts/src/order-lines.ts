import { z } from 'zod';
import { limits } from './limits.js';
import { Sku } from './sku.js';

const quantity = z.int().min(1).max(limits.quantityPerLine);

/** One SKU and how many of it. Quantities are JSON integers from 1 to 1,000; nothing is coerced. */
export const OrderedLine = z.strictObject({ sku: Sku, quantity });
export type OrderedLine = z.infer<typeof OrderedLine>;

/** A line inside an event: the same limits, but members of a later version are let through. */
export const EventLine = z.looseObject({ sku: Sku, quantity });

export const OrderedLines = linesOf(OrderedLine);
export const EventLines = linesOf(EventLine);

/** 1 to 100 lines, a SKU at most once. */
function linesOf<Line extends z.ZodType<{ sku: string }>>(line: Line) {
  return z.array(line).min(1).max(limits.linesPerOrder).superRefine(refuseRepeatedSku);
}

function refuseRepeatedSku(lines: readonly { sku: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { sku }] of lines.entries()) {
    if (seen.has(sku)) {
      context.addIssue({
        code: 'custom',
        path: [index, 'sku'],
        message: `the SKU ${sku} is on an earlier line already`,
      });
    }
    seen.add(sku);
  }
}
