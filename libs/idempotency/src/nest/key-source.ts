import type { HttpExchange } from '../http/http-exchange.js';
import { checkKey, type KeyReading, readKey } from '../http/idempotency-key.js';
import type { KeySource } from './options.js';

/** Reads a request's key from where the route keeps it. An argument is known only at the handler's entry. */
export function readKeyFrom(
  source: KeySource,
  exchange: HttpExchange,
  args: readonly unknown[] | undefined,
): KeyReading | Promise<KeyReading> {
  if (typeof source === 'function') return readLater(source(exchange.request));
  if ('header' in source) return readKey(exchange.fieldLines(source.header));
  if ('body' in source) return readValue(memberAt(exchange.request.body, source.body.split('.')));
  return readValue(args?.[source.argument]);
}

async function readLater(value: unknown): Promise<KeyReading> {
  return readValue(await value);
}

/** What the source is called in a refusal. */
export function describeSource(source: KeySource): string {
  if (typeof source === 'function') return 'a key';
  if ('header' in source) return `the header ${source.header}`;
  return 'body' in source ? `the member ${source.body} of the body` : 'a key';
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let member = value;
  for (const name of path) {
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, name)) return undefined;
    member = Reflect.get(member, name);
  }
  return member;
}

function readValue(value: unknown): KeyReading {
  if (value === undefined || value === null) return { kind: 'absent' };
  if (typeof value === 'string') return checkKey(value);
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)))
    return checkKey(String(value));
  return { kind: 'invalid', why: 'it is neither a text nor a whole number' };
}
