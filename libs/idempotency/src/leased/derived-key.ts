import { createHmac } from 'node:crypto';
import { lengthPrefixed } from '../identity.js';
import type { Operation } from '../operation.js';

/**
 * The key that a step of an operation has downstream. It depends on scope, key and step alone: every owner, every
 * restart and every version of the handler derives the same one, and no two steps share one.
 *
 * @returns 43 characters of base64url (HMAC-SHA-256, RFC 2104): what any provider takes for a key, and nothing of the
 * caller's name or key can be read from it
 */
export function derivedKey({ scope, key }: Pick<Operation, 'scope' | 'key'>, step: string): string {
  return createHmac('sha256', 'semel/idempotency/derived-key/1')
    .update(lengthPrefixed([scope, key, step]))
    .digest('base64url');
}
