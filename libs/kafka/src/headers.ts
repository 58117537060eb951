import type { IHeaders } from 'kafkajs';

type HeaderValue = Buffer | string;

/**
 * The headers as they were sent. kafkajs collects them in a plain object, so a header called `constructor` or
 * `toString` arrives as an array that starts with what Object.prototype has of that name: it is taken out again.
 * A header without a value becomes an empty one, for kafkajs 2.2 can read null but throws a TypeError writing it.
 */
export function sentHeaders(headers: IHeaders | undefined): Record<string, HeaderValue[]> {
  const sent: Record<string, HeaderValue[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers ?? {})) {
    sent[name] = valuesOf(value);
  }
  return sent;
}

function valuesOf(value: IHeaders[string]): HeaderValue[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap(sentValue);
}

function sentValue(value: unknown): HeaderValue[] {
  if (value === null || value === undefined) return [Buffer.alloc(0)];
  return typeof value === 'string' || Buffer.isBuffer(value) ? [value] : [];
}

/** One value a header, the last one that was sent, as bytes. A header that was sent once, as nearly all are, takes no list. */
export function lastOfEach(headers: IHeaders | undefined): Record<string, Buffer> {
  const last: Record<string, Buffer> = Object.create(null);
  if (headers === undefined) return last;
  for (const name of Object.keys(headers)) {
    const sent = headers[name];
    const value = Buffer.isBuffer(sent) ? sent : valuesOf(sent).at(-1);
    if (value !== undefined) last[name] = typeof value === 'string' ? Buffer.from(value) : value;
  }
  return last;
}
