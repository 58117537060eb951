import { z } from 'zod';
import { decoderOf, type MessageOf } from './event-decoder.js';
import { OrderId } from './order-id.js';
import { EventLines } from './order-lines.js';
import { RejectionCode } from './rejection.js';
import { Sku } from './sku.js';

export const STOCK_RESERVED = 'semel.stock.reserved.v1';
export const STOCK_REJECTED = 'semel.stock.rejected.v1';
export const STOCK_RELEASED = 'semel.stock.released.v1';

/** All lines of an order are held for it. */
export const StockReserved = z.looseObject({ orderId: OrderId, lines: EventLines });
export type StockReserved = Pick<z.infer<typeof StockReserved>, 'orderId' | 'lines'>;

/** Nothing is held: `sku` is the first line that could not be had. */
export const StockRejected = z.looseObject({ orderId: OrderId, code: RejectionCode, sku: Sku });
export type StockRejected = Pick<z.infer<typeof StockRejected>, 'orderId' | 'code' | 'sku'>;

/** What was held for a cancelled order is available again. */
export const StockReleased = z.looseObject({ orderId: OrderId, lines: EventLines });
export type StockReleased = Pick<z.infer<typeof StockReleased>, 'orderId' | 'lines'>;

/** A message of the topic `reservations`, narrowed by its `type`. */
export type ReservationMessage = MessageOf<{
  [STOCK_RESERVED]: StockReserved;
  [STOCK_REJECTED]: StockRejected;
  [STOCK_RELEASED]: StockReleased;
}>;

/** Decodes the topic `reservations`. */
export const decodeReservation = decoderOf<StockReserved | StockRejected | StockReleased>({
  [STOCK_RESERVED]: StockReserved,
  [STOCK_REJECTED]: StockRejected,
  [STOCK_RELEASED]: StockReleased,
});
