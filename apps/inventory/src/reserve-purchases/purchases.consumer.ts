import { Controller, Inject } from '@nestjs/common';
import { decodePurchase, PURCHASES } from '@semel/contracts';
import {
  Idempotent,
  type IncomingMessage,
  type MessageOperations,
  type MessageResults,
  type Transaction,
} from '@semel/idempotency';
import { KafkaEvent } from '@semel/kafka';
import { type IncomingPurchase, ReservePurchases } from './reserve-purchases.js';

/** In the database it is the scope of the keys of its messages: it never changes. */
const consumer = 'inventory.purchases';

/** Hears of purchases and their cancellations, a batch of a partition at a time. */
@Controller()
export class PurchasesConsumer {
  constructor(@Inject(ReservePurchases) private readonly reservePurchases: ReservePurchases) {}

  /** Is given the events that are new, in the order of the partition. */
  @KafkaEvent(PURCHASES, { consumer, decode: decodePurchase, batch: true })
  @Idempotent({ consumer })
  async reserve(
    operations: MessageOperations<IncomingMessage & IncomingPurchase>,
    transaction: Transaction,
  ): Promise<MessageResults> {
    const decisions = await this.reservePurchases.execute(
      operations.map(({ input }) => input),
      transaction,
    );
    return decisions.map(() => ({ status: 200 }));
  }
}
