import type { z } from 'zod';
import { invalidRequest } from '../problems/problem.js';

/** Makes the opaque cursor of a keyset: JSON in base64url. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a cursor that `encodeCursor` made. The schema guards against cursors that were made up: let it admit nothing that SQL
 * can't take.
 * @throws Problem 422 `invalid-request` naming `/cursor`
 */
export function decodeCursor<Schema extends z.ZodType>(schema: Schema, cursor: string): z.output<Schema> {
  const parsed = schema.safeParse(positionIn(cursor));
  if (parsed.success) return parsed.data;
  throw invalidRequest('query', [{ path: '/cursor', message: 'is not the nextCursor of an earlier page' }]);
}

function positionIn(cursor: string): unknown {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
