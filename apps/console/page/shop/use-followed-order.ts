import { type Dispatch, useEffect } from 'react';
import { followOrder } from '../api/order-stream.js';
import type { ShopEvent } from './shop-state.js';

/** Follows the newest order: one stream at a time, because a browser opens only six connections to a host. */
export function useFollowedOrder(orderId: string | undefined, dispatch: Dispatch<ShopEvent>): void {
  useEffect(() => {
    if (orderId === undefined) return undefined;
    return followOrder(orderId, (change) => dispatch({ type: 'status-heard', change, at: Date.now() }));
  }, [orderId, dispatch]);
}
