import { z } from 'zod';
import { Problem } from '../problems/problem.js';
import { decodeCursor, encodeCursor } from './cursor.js';

const Position = z.strictObject({ placedAt: z.iso.datetime(), id: z.uuid() });
const position = { placedAt: '2026-01-01T00:00:00Z', id: '7a1f0c1e-6f0f-4f5b-9a63-1f6a1f3b9e55' };

it('reads what it made, in characters that need no encoding in a URL', () => {
  const cursor = encodeCursor(position);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(decodeCursor(Position, cursor)).toEqual(position);
});

it.each([
  ['not base64url', '!!!'],
  ['not JSON', Buffer.from('{').toString('base64url')],
  ['nothing', ''],
  ['another shape', encodeCursor({ ...position, more: 1 })],
  ['null', encodeCursor(null)],
  ['wrong values', encodeCursor({ ...position, id: "'; drop table" })],
])('refuses a cursor that is %s with 422 naming /cursor', (_what, cursor) => {
  const refusal = (): unknown => decodeCursor(Position, cursor);
  expect(refusal).toThrow(Problem);
  try {
    refusal();
  } catch (error) {
    expect((error as Problem).getResponse()).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: '/cursor' }],
    });
  }
});
