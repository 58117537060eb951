import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type ListPage, type ListQuery, Sku, type Stock } from '@semel/contracts';
import { decodeCursor, encodeCursor, Problem } from '@semel/service';
import { DataSource } from 'typeorm';
import { rowsOf } from '../database/rows-of.js';
import { findStock, type StockRow } from './sql/find-stock.js';
import { listStock } from './sql/list-stock.js';

@Injectable()
export class ReadStock {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** A page by keyset: SKUs that are added meanwhile neither repeat nor hide any. */
  async list({ limit, cursor }: ListQuery): Promise<ListPage<Stock>> {
    const after = cursor === undefined ? '' : decodeCursor(Sku, cursor);
    const rows = await rowsOf(this.database, listStock(after, limit + 1));
    const items = rows.slice(0, limit).map(stockOf);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? encodeCursor(last.sku) : null };
  }

  /** @throws Problem 404 `not-found` */
  async find(sku: string): Promise<Stock> {
    const [row] = await rowsOf(this.database, findStock(sku));
    if (!row) throw new Problem('not-found', `There is no SKU ${sku}.`);
    return stockOf(row);
  }
}

function stockOf({ sku, available, reserved }: StockRow): Stock {
  return { sku, available: Number(available), reserved: Number(reserved) };
}
