import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Stock } from '@semel/contracts';
import { DataSource } from 'typeorm';
import { rowsOf } from '../database/rows-of.js';
import { lockStock } from '../stock-ledger/sql/lock-stock.js';
import { moveStock } from '../stock-ledger/sql/move-stock.js';
import { openStock } from '../stock-ledger/sql/open-stock.js';
import { recordMovements } from '../stock-ledger/sql/record-movements.js';

/** A count of the shelves: what is available is set, whatever it was. */
@Injectable()
export class PutStock {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param actor the operator's `sub` */
  async execute(sku: string, available: number, actor: string): Promise<Stock> {
    return this.database.transaction(async (transaction) => {
      await rowsOf(transaction, openStock([sku]));
      const [before] = await rowsOf(transaction, lockStock([sku]));
      // Under the lock that reservations take, so that the difference is one to the row as it is.
      const reserved = Number(before?.reserved ?? 0);
      const change = { sku, available: available - Number(before?.available ?? 0), reserved: 0 };
      await rowsOf(transaction, moveStock([change]));
      await rowsOf(transaction, recordMovements([{ ...change, kind: 'set', actor }]));
      return { sku, available, reserved };
    });
  }
}
