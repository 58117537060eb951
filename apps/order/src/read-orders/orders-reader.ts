import { Inject, Injectable } from '@nestjs/common';
import type { ListOrdersQuery, ListPage, Order } from '@semel/contracts';
import { decodeCursor, encodeCursor, type Principal } from '@semel/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { read } from '../database/read.js';
import { orderIdOf } from '../order/order-id.js';
import type { OrderRow } from '../order/order-row.js';
import { orderView } from '../order/order-view.js';
import { findOrder } from './sql/find-order.js';
import { listOrders } from './sql/list-orders.js';

const Position = z.tuple([z.int().min(0), z.guid()]);

/** Reads orders for those who may see them. */
@Injectable()
export class OrdersReader {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** @returns the order, or undefined where there is none that the caller may see: operators see everybody's */
  async find(text: string, caller: Principal): Promise<OrderRow | undefined> {
    const id = orderIdOf(text);
    if (id === undefined) return undefined;
    const [order] = await read(this.dataSource, findOrder(id));
    const isVisible = order?.customer_id === caller.sub || caller.roles.includes('operator');
    return isVisible ? order : undefined;
  }

  /**
   * The customer's own orders, newest first.
   * @throws Problem 422 `invalid-request` for a cursor that is none
   */
  async list(customerId: string, { limit, cursor, status }: ListOrdersQuery): Promise<ListPage<Order>> {
    const after = cursor === undefined ? undefined : decodeCursor(Position, cursor);
    // One more than asked for tells whether there is another page.
    const rows = await read(this.dataSource, listOrders({ customerId, status, after, rows: limit + 1 }));
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map(orderView),
      nextCursor: last === undefined ? null : encodeCursor([Number(last.placed_at_micros), last.id]),
    };
  }
}
