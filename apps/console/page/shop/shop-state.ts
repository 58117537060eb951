import type { OrderedLine } from '@semel/contracts';
import type { Exchange } from '../api/exchange.js';
import type { StatusChange } from '../api/order-stream.js';
import type { Experiment, SentOrder } from './experiment.js';

/** An order as its event stream told of it. */
export interface FollowedOrder {
  readonly id: string;
  /** When the page heard of each status, by this machine's clock. */
  readonly heard: readonly (StatusChange & { readonly at: number })[];
}

export interface ShopState {
  readonly cart: readonly OrderedLine[];
  /** Newest first. */
  readonly experiments: readonly Experiment[];
  /** What the retries send again. */
  readonly sent: SentOrder | undefined;
  readonly followed: FollowedOrder | undefined;
}

export type ShopEvent =
  | { readonly type: 'quantity-set'; readonly sku: string; readonly quantity: number }
  | { readonly type: 'cart-emptied' }
  | { readonly type: 'experiment-began'; readonly experiment: Experiment; readonly sent?: SentOrder }
  | { readonly type: 'answered'; readonly experiment: string; readonly exchanges: readonly Exchange[] }
  | { readonly type: 'experiment-ended'; readonly experiment: string }
  | { readonly type: 'order-known'; readonly id: string }
  | { readonly type: 'status-heard'; readonly change: StatusChange; readonly at: number };

export const emptyShop: ShopState = { cart: [], experiments: [], sent: undefined, followed: undefined };

/** As much as one person wants to scroll through; the numbers of the headline need all of an afternoon's. */
const KEPT_EXPERIMENTS = 500;

export function shopReducer(state: ShopState, event: ShopEvent): ShopState {
  switch (event.type) {
    case 'quantity-set':
      return { ...state, cart: withQuantity(state.cart, event.sku, event.quantity) };
    case 'cart-emptied':
      return { ...state, cart: [] };
    case 'experiment-began':
      return {
        ...state,
        experiments: [event.experiment, ...state.experiments].slice(0, KEPT_EXPERIMENTS),
        sent: event.sent ?? state.sent,
      };
    case 'answered':
      return changed(state, event.experiment, (each) => ({
        ...each,
        exchanges: [...each.exchanges, ...event.exchanges],
      }));
    case 'experiment-ended':
      return changed(state, event.experiment, (each) => ({ ...each, running: false }));
    case 'order-known':
      return state.followed?.id === event.id ? state : { ...state, followed: { id: event.id, heard: [] } };
    case 'status-heard':
      return { ...state, followed: withStatus(state.followed, event.change, event.at) };
  }
}

function withQuantity(cart: readonly OrderedLine[], sku: string, quantity: number): readonly OrderedLine[] {
  if (quantity <= 0) return cart.filter((line) => line.sku !== sku);
  if (!cart.some((line) => line.sku === sku)) return [...cart, { sku, quantity }];
  return cart.map((line) => (line.sku === sku ? { sku, quantity } : line));
}

function changed(state: ShopState, id: string, change: (experiment: Experiment) => Experiment): ShopState {
  return { ...state, experiments: state.experiments.map((each) => (each.id === id ? change(each) : each)) };
}

/** A stream that was opened anew begins with what was heard before. */
function withStatus(
  followed: FollowedOrder | undefined,
  change: StatusChange,
  at: number,
): FollowedOrder | undefined {
  if (followed?.id !== change.orderId) return followed;
  if (followed.heard.some(({ status }) => status === change.status)) return followed;
  return { ...followed, heard: [...followed.heard, { ...change, at }] };
}
