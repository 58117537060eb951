import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Reservation } from '@semel/contracts';
import { type Principal, Problem } from '@semel/service';
import { DataSource } from 'typeorm';
import { rowsOf } from '../database/rows-of.js';
import { findReservation } from './sql/find-reservation.js';

@Injectable()
export class ReadReservation {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @throws Problem 404 `not-found`, for another customer's order as for one that doesn't exist */
  async find(orderId: string, caller: Principal): Promise<Reservation> {
    const [row] = await rowsOf(this.database, findReservation(orderId));
    const readable = row && (row.customer_id === caller.sub || caller.roles.includes('operator'));
    if (!readable) throw new Problem('not-found', 'You have no order of this id with a reservation.');
    return { orderId, status: row.status, lines: [...row.lines] };
  }
}
