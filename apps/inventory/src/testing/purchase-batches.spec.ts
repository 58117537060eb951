import { Engine, type Outcome, TypeOrmConnections } from '@semel/idempotency';
import { Outbox } from '@semel/outbox';
import { createLog } from '@semel/service';
import { type IncomingPurchase, ReservePurchases } from '../reserve-purchases/reserve-purchases.js';
import type { InventoryDatabase } from './inventory-database.spec.js';

/** Batches of purchase events as the consumer executes them, without a broker. */
export class PurchaseBatches {
  /** How often the handler was called: once a batch, and once more for each time that PostgreSQL ended it. */
  executions = 0;
  private readonly engine: Engine;
  private readonly handler = new ReservePurchases(
    new Outbox('urn:semel:inventory', () => {}),
    createLog({ name: 'inventory', level: 'silent' }),
  );

  constructor(inventory: InventoryDatabase) {
    this.engine = new Engine(new TypeOrmConnections(inventory.dataSource));
  }

  /** One batch: one transaction. @returns the kind of each outcome, in order */
  async take(...messages: IncomingPurchase[]): Promise<Outcome['kind'][]> {
    const operations = messages.map((input) => ({
      scope: `consumer:inventory.purchases/${input.type}`,
      key: input.key,
      fingerprint: JSON.stringify(input.value),
      exclusion: input.key,
      input,
    }));
    const outcomes = await this.engine.execute(operations, async (granted, transaction) => {
      this.executions += 1;
      const decisions = await this.handler.execute(
        granted.map(({ input }) => input),
        transaction,
      );
      return decisions.map(() => ({ status: 200 }));
    });
    for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
    return outcomes.map(({ kind }) => kind);
  }
}
