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

/** In the database it is the scope of the keys of its messages: it never changes. */
const consumer = 'order.reservations';

@Controller()
export class ReservationsConsumer {
  constructor(@Inject(ApplyReservations) private readonly reservations: ApplyReservations) {}

  @KafkaEvent(RESERVATIONS, { consumer, decode: decodeReservation, batch: true })
  @Idempotent({ consumer })
  apply(
    operations: MessageOperations<ReceivedReservation>,
    transaction: Transaction,
  ): Promise<MessageResults> {
    return this.reservations.execute(operations, transaction);
  }
}
