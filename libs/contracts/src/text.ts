import { z } from 'zod';

/**
 * Text of `min` to `max` Unicode code points. Any code point is taken, U+0000 and lone surrogates too: whoever stores it in
 * PostgreSQL keeps it as JSON text or bytes, because a `text` column refuses U+0000.
 */
export function textOf(min: number, max: number) {
  // Code points, not UTF-16 units: `maxLength` in the OpenAPI document counts code points.
  return z
    .string()
    .refine((text) => isWithin(text, min, max), { error: `must have ${min} to ${max} characters` })
    .meta({ minLength: min, maxLength: max });
}

function isWithin(text: string, min: number, max: number): boolean {
  // A code point has at most two units: whatever is longer than that needn't be counted.
  if (text.length > 2 * max) return false;
  let count = 0;
  for (const _ of text) count += 1;
  return count >= min && count <= max;
}
