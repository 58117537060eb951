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
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    sent[name] = values.flatMap((one): HeaderValue[] => {
      if (one === null || one === undefined) return [Buffer.alloc(0)];
      return typeof one === 'string' || Buffer.isBuffer(one) ? [one] : [];
    });
  }
  return sent;
}

/** One value a header, the last one that was sent, as bytes. */
export function lastOfEach(headers: Record<string, HeaderValue[]>): Record<string, Buffer> {
  const last: Record<string, Buffer> = Object.create(null);
  for (const [name, values] of Object.entries(headers)) {
    const value = values.at(-1);
    if (value !== undefined) last[name] = typeof value === 'string' ? Buffer.from(value) : value;
  }
  return last;
}
