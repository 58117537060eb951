import {
  type InventoryState,
  inventorySide,
  inventoryStates,
  purchases,
  supplies,
} from './inventory-side.js';
import { orderEvents, orderSide, orderStates } from './order-side.js';
import { restStates } from './rest-states.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const answers: Readonly<Record<string, string>> = {
  '404': '404 `not-found`',
  '409': '409 `order-not-cancellable`',
  'unknown-order': 'parked, `unknown-order`',
  applied: '',
};

/** Order's half, a row a status, as Markdown. */
export function orderTable(): string {
  const rows = orderStates.map((state) => [
    state === 'none' ? '(never placed)' : `\`${state}\``,
    ...orderEvents.map((event) => {
      const { to, says, emits } = orderSide[state][event];
      const parts = [answers[says] ?? says, moved(state, to), emits && `sends \`purchase.${emits}\``];
      return parts.filter(Boolean).join('; ');
    }),
  ]);
  return table(['order', '`POST /orders`', 'cancel', '`reserved`', '`rejected`', '`released`'], rows);
}

const kept: Readonly<Record<InventoryState, string>> = {
  none: '(nothing)',
  reserved: '`reserved`',
  rejected: '`rejected`',
  released: '`released`',
  tombstone: '`released`: a tombstone',
  stillborn: '`released`: stillborn',
};

/** Inventory's half, a row a state, as Markdown. */
export function inventoryTable(): string {
  const rows = inventoryStates.map((state) => [
    kept[state],
    ...purchases.map((event) => {
      const told = supplies.map((supply) => {
        const { to, emits } = inventorySide[state][event][supply];
        const sends = emits && `sends \`stock.${emits}\``;
        return [to === state ? 'stays' : `**${kept[to].replaceAll('`', '')}**`, sends]
          .filter(Boolean)
          .join('; ');
      });
      const [enough, short] = told;
      return enough === short ? (enough ?? '') : `enough of every line: ${enough}. Else: ${short}`;
    }),
  ]);
  return table(['kept', '`purchase.placed`', '`purchase.cancelled`'], rows);
}

/** What both may be once everything is delivered, as Markdown. */
export function restTable(): string {
  return table(
    ['Order', 'Inventory', ''],
    restStates.map(({ order, inventory, story }) => [`\`${order}\``, kept[inventory], story]),
  );
}

function moved(from: string, to: string): string {
  return from === to ? 'stays' : `**${to}**`;
}
