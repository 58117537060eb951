import { z } from 'zod';

const YEAR_ONE = Date.parse('0001-01-01T00:00:00Z');

/**
 * A point in time, RFC 3339 with an offset or `Z`, of the year 1 or later. Give PostgreSQL `new Date(instant)`, not the text:
 * it takes fewer offsets than RFC 3339 does.
 */
export const Instant = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 date and time with an offset' })
  .refine((text) => Date.parse(text) >= YEAR_ONE, { error: 'must be of the year 1 or later' });
export type Instant = z.infer<typeof Instant>;
