import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type AdjustStock as Adjustment, limits, type Stock } from '@semel/contracts';
import { Problem } from '@semel/service';
import { Repository } from 'typeorm';
import { StockEntity } from '../stock-ledger/stock.entity.js';
import { StockMovementEntity } from '../stock-ledger/stock-movement.entity.js';

/** Goods that came in, broke or were found again: adds to what is available. */
@Injectable()
export class AdjustStock {
  constructor(
    @InjectRepository(StockEntity) private readonly stock: Repository<StockEntity>,
    @InjectRepository(StockMovementEntity) private readonly movements: Repository<StockMovementEntity>,
  ) {}

  /**
   * Inside an operation, whose transaction the repositories join.
   * @param actor the operator's `sub`
   * @throws Problem 404 `not-found`, 409 `insufficient-stock`, 409 `stock-limit-exceeded`
   */
  async execute(sku: string, { delta, reason }: Adjustment, actor: string): Promise<Stock> {
    const before = await this.stock.findOne({ where: { sku }, lock: { mode: 'for_no_key_update' } });
    if (!before) throw new Problem('not-found', `There is no SKU ${sku}. PUT /stock/${sku} creates it.`);
    const available = before.available + delta;
    if (available < 0) {
      throw new Problem(
        'insufficient-stock',
        `Of ${sku}, ${before.available} are available: ${-delta} can't be taken away.`,
      );
    }
    // What was released may have gone past the limit: taking away from it is always allowed.
    if (delta > 0 && available > limits.available) {
      throw new Problem(
        'stock-limit-exceeded',
        `Of ${sku}, ${before.available} are available: ${delta} more would be over ${limits.available}.`,
      );
    }
    await this.stock.update({ sku }, { available });
    await this.movements.insert({
      sku,
      kind: 'adjustment',
      deltaAvailable: delta,
      deltaReserved: 0,
      reason,
      actor,
    });
    return { sku, available, reserved: before.reserved };
  }
}
