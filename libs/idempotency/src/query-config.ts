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

/** PostgreSQL's text of a one-dimensional array; the array itself where an item is of a kind that is left to the driver. */
function arrayLiteral(items: readonly unknown[]): string | readonly unknown[] {
  const literals: string[] = [];
  for (const item of items) {
    const literal = itemLiteral(item);
    if (literal === undefined) return items;
    literals.push(literal);
  }
  return `{${literals.join(',')}}`;
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
      return Buffer.isBuffer(item) ? `"\\\\x${item.toString('hex')}"` : undefined;
  }
}
