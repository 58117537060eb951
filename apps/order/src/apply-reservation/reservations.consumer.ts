import { Controller, Inject } from '@nestjs/common';
import { decodeReservation, RESERVATIONS } from '@semel/contracts';
import {
  Idempotent,
  type MessageOperations,
  type MessageResults,
  type Transaction,
} from '@semel/idempotency';
import { KafkaEvent } from '@semel/kafka';
import { ApplyReservations, type ReceivedReservation } from './apply-reservations.js';

@Controller()
export class ReservationsConsumer {
  constructor(@Inject(ApplyReservations) private readonly reservations: ApplyReservations) {}

  /** The consumer's name is the scope of its keys in the database: it never changes. */
  @KafkaEvent(RESERVATIONS, { decode: decodeReservation, batch: true })
  @Idempotent({ consumer: 'order.reservations' })
  apply(
    operations: MessageOperations<ReceivedReservation>,
    transaction: Transaction,
  ): Promise<MessageResults> {
    return this.reservations.execute(operations, transaction);
  }
}
