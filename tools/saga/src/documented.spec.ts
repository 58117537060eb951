import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const page = readFileSync(fileURLToPath(new URL('../../../docs/saga.md', import.meta.url)), 'utf8');

/** How many orders docs/saga.md says that a check walks through: the row of the table that begins so. */
export function documentedOrders(row: string): number {
  const line = page.split('\n').find((one) => one.startsWith(`| ${row} |`));
  const [, count = ''] = /([\d,]+) orders/.exec(line ?? '') ?? [];
  return Number(count.replaceAll(',', ''));
}
