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
  return `${fingerprintVersion}:${hash('sha256', allText(parts) ? joinText(parts) : joinBytes(parts), 'base64url')}`;
}

function allText(parts: readonly (string | Buffer)[]): parts is readonly string[] {
  return parts.every((part) => typeof part === 'string');
}

/** The same bytes once it is encoded, in one piece. */
function joinText(parts: readonly string[]): string {
  return parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
}

function joinBytes(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => [
      Buffer.from(`${Buffer.byteLength(part)}:`),
      // A body of megabytes is not copied once more.
      typeof part === 'string' ? Buffer.from(part) : part,
    ]),
  );
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
