import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OrderId, Reservation } from '@semel/contracts';
import { Caller, openApiSchema, type Principal, ProblemResponses, ZodParam } from '@semel/service';
import { ReadReservation } from './read-reservation.js';

@Controller('reservations')
@ApiTags('reservations')
export class ReadReservationController {
  constructor(@Inject(ReadReservation) private readonly readReservation: ReadReservation) {}

  @Get(':orderId')
  @ApiOperation({ summary: 'What became of an order: its lines are reserved, rejected or released' })
  @ApiOkResponse({ schema: openApiSchema(Reservation) })
  @ProblemResponses('unauthorized', 'not-found')
  find(
    @ZodParam('orderId', OrderId, 'not-found') orderId: OrderId,
    @Caller() caller: Principal,
  ): Promise<Reservation> {
    return this.readReservation.find(orderId, caller);
  }
}
