import { listPageOf, Order, Reservation } from '@semel/contracts';
import { useCallback, useRef } from 'react';
import { ReadError, read } from './read.js';
import { type Polled, usePolled } from './use-polled.js';

/** An order with what Inventory did for it; undefined where Inventory has not heard of it. */
export interface ReservedOrder {
  readonly order: Order;
  readonly reservation: Reservation | undefined;
}

const EVERY_MS = 2_500;
const Orders = listPageOf(Order);

/** The customer's newest orders, each with its reservation: one service's truth beside the other's. */
export function useRecentOrders(limit: number, occasion: unknown): Polled<readonly ReservedOrder[]> {
  const known = useRef(new Map<string, { readonly status: string; readonly reservation: Reservation }>());
  const load = useCallback(
    async (signal: AbortSignal): Promise<readonly ReservedOrder[]> => {
      const { items } = await read('order', `/orders?limit=${limit}`, Orders, signal);
      return Promise.all(
        items.map(async (order) => {
          // A reservation changes only when its order does: what was read for this status is still so.
          const before = known.current.get(order.id);
          if (before !== undefined && before.status === order.status)
            return { order, reservation: before.reservation };
          const reservation = await reservationOf(order.id, signal);
          if (reservation !== undefined && settled(order, reservation)) {
            known.current.set(order.id, { status: order.status, reservation });
          }
          return { order, reservation };
        }),
      );
    },
    [limit],
  );
  return usePolled(load, EVERY_MS, occasion);
}

function settled({ status }: Order, reservation: Reservation): boolean {
  if (status === 'confirmed') return reservation.status === 'reserved';
  if (status === 'cancelled') return reservation.status === 'released';
  return status === 'rejected' && reservation.status === 'rejected';
}

async function reservationOf(orderId: string, signal: AbortSignal): Promise<Reservation | undefined> {
  try {
    return await read('inventory', `/reservations/${orderId}`, Reservation, signal);
  } catch (error) {
    if (error instanceof ReadError && error.status === 404) return undefined;
    throw error;
  }
}
