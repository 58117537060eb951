import { parseItem } from 'structured-headers';

export type KeyReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'key'; readonly key: string };

const maxLength = 255;

/**
 * Reads the key from the field lines of one request (draft-ietf-httpapi-idempotency-key-header-07, section 2). A value
 * that starts with `"` is a structured-field String (RFC 8941, section 3.3.3), any other is taken whole, as Stripe's
 * clients send it: `"k"` and `k` are the same key.
 */
export function readKey(fieldLines: readonly string[]): KeyReading {
  const [line, ...more] = fieldLines;
  if (line === undefined) return { kind: 'absent' };
  if (more.length > 0) return invalid('it was sent more than once');
  const value = line.replace(/^[ \t]+|[ \t]+$/g, '');
  const key = value.startsWith('"') ? parseQuoted(value) : value;
  if (key === undefined) return invalid('it starts with a quotation mark but is no structured-field string');
  return checkKey(key);
}

/** What every key obeys, wherever it was read from. */
export function checkKey(key: string): KeyReading {
  if (key === '') return invalid('it is empty');
  if (key.length > maxLength) return invalid(`it is longer than ${maxLength} characters`);
  if (/[^\x20-\x7e]/.test(key))
    return invalid('it has a character outside of printable ASCII (0x20 to 0x7E)');
  return { kind: 'key', key };
}

function parseQuoted(value: string): string | undefined {
  try {
    const [item] = parseItem(value);
    return typeof item === 'string' ? item : undefined;
  } catch {
    // The parser throws for everything that is no structured field: the caller says so to the client.
    return undefined;
  }
}

function invalid(why: string): KeyReading {
  return { kind: 'invalid', why };
}
