import { isUtf8 } from 'node:buffer';

/** A value of a header as it is kept in JSON: text, or bytes that are none. */
type StoredValue = string | { readonly base64: string };

/** Headers as their row holds them: a list where one was sent several times. */
export type StoredHeaders = Readonly<Record<string, StoredValue | readonly StoredValue[]>>;

/** Keeps headers byte for byte, whatever they hold. */
export function storedHeaders(headers: Readonly<Record<string, readonly Buffer[]>>): StoredHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, storedValues(values)]));
}

function storedValues(values: readonly Buffer[]): StoredHeaders[string] {
  const [first, ...rest] = values.map(storedValue);
  return first !== undefined && rest.length === 0 ? first : values.map(storedValue);
}

function storedValue(value: Buffer): StoredValue {
  return isUtf8(value) ? value.toString('utf8') : { base64: value.toString('base64') };
}

/** Headers as kafkajs sends them. */
export function headersToSend(stored: StoredHeaders): Record<string, Buffer | string | (Buffer | string)[]> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      isList(value) ? value.map(valueToSend) : valueToSend(value),
    ]),
  );
}

function isList(value: StoredHeaders[string]): value is readonly StoredValue[] {
  return Array.isArray(value);
}

function valueToSend(value: StoredValue): Buffer | string {
  return typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
}
