import type { Statement } from './statement.js';

/** What node-postgres takes. */
export interface QueryConfig {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
}

/**
 * A statement as node-postgres takes it. Lists become array literals here: statements for a whole group consist of
 * little else, and node-postgres's own way of writing them takes several times as long.
 */
export function queryConfig({ name, text, values = [] }: Statement): QueryConfig {
  return {
    text,
    values: values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value)),
    ...(name !== undefined && { name }),
  };
}

/** PostgreSQL's form of a one-dimensional array; the array itself where an item is of a kind that is left to the driver. */
function arrayLiteral(items: readonly unknown[]): string | Buffer | readonly unknown[] {
  const bytes = bytesArray(items);
  if (bytes) return bytes;
  const literals: string[] = [];
  for (const item of items) {
    const literal = itemLiteral(item);
    if (literal === undefined) return items;
    literals.push(literal);
  }
  return `{${literals.join(',')}}`;
}

/** Of `pg_type`, as array_recv() wants it. */
const bytea = 17;

/**
 * A list of bytes in the binary form of array_recv(): neither side writes and reads two hexadecimal digits a byte. Which
 * is bytea[] for certain; of other lists only the statement knows the type.
 */
function bytesArray(items: readonly unknown[]): Buffer | undefined {
  let size = 20;
  let some = false;
  for (const item of items) {
    if (Buffer.isBuffer(item)) {
      size += 4 + item.length;
      some = true;
    } else if (item === null || item === undefined) {
      size += 4;
    } else {
      return undefined;
    }
  }
  if (!some) return undefined;
  const array = Buffer.allocUnsafe(size);
  // One dimension, nulls allowed, the element's type, how many, numbered from 1.
  let at = 0;
  for (const word of [1, 1, bytea, items.length, 1]) at = array.writeInt32BE(word, at);
  for (const item of items) {
    if (Buffer.isBuffer(item)) {
      at = array.writeInt32BE(item.length, at);
      at += item.copy(array, at);
    } else {
      at = array.writeInt32BE(-1, at);
    }
  }
  return array;
}

const special = /["\\]/;
const specials = /["\\]/g;

function itemLiteral(item: unknown): string | undefined {
  switch (typeof item) {
    case 'string':
      return `"${special.test(item) ? item.replace(specials, '\\$&') : item}"`;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(item);
    default:
      if (item === null || item === undefined) return 'NULL';
      return undefined;
  }
}
