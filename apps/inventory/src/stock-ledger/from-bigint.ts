import type { ValueTransformer } from 'typeorm';

/** The driver answers bigint as text; quantities stay far below 2^53. */
export const fromBigint: ValueTransformer = { from: Number, to: (value: unknown) => value };
