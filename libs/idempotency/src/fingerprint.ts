import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/**
 * Version of the algorithm, the prefix of every fingerprint. A stored fingerprint of another version can't be compared:
 * its key replays rather than being refused.
 */
const fingerprintVersion = '1';

/**
 * Digest of everything that makes two requests the same request. Parts are length-prefixed, so `["ab","c"]` and
 * `["a","bc"]` differ.
 */
export function fingerprintOf(parts: readonly (string | Buffer)[]): string {
  const chunks: Buffer[] = [];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    chunks.push(Buffer.from(`${bytes.length}:`), bytes);
  }
  return `${fingerprintVersion}:${hash('sha256', Buffer.concat(chunks), 'base64url')}`;
}

/** Whether two fingerprints stand for the same request, as far as they can be compared. */
export function sameRequest(stored: string, asked: string): boolean {
  return stored === asked || !stored.startsWith(`${fingerprintVersion}:`);
}

/**
 * The part of a fingerprint that a body contributes: JSON by value, anything else by its bytes. A lone surrogate that
 * was sent as an escape stays an escape.
 */
export function bodyPart(raw: Buffer, json: boolean): string | Buffer {
  // What is no UTF-8 is no JSON (RFC 8259, section 8.1): decoding would make different bytes the same U+FFFD.
  return (json && isUtf8(raw) ? canonicalJson(raw.toString('utf8')) : undefined) ?? raw;
}
