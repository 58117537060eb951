import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type ListPage,
  ListParkedMessagesQuery,
  listPageOf,
  ParkedMessage,
  ParkedMessageDetail,
  ParkedMessageSelection,
  ParkedMessagesChanged,
} from '@semel/contracts';
import { Idempotent } from '@semel/idempotency';
import {
  Caller,
  EmptyBodyPipe,
  IdempotencyKeyHeader,
  openApiSchema,
  type Principal,
  ProblemResponses,
  Roles,
  ZodBody,
  ZodParam,
  ZodQuery,
} from '@semel/service';
import { z } from 'zod';
import { ParkingRegister } from '../register/parking-register.js';
import { ParkingDesk } from './parking-desk.js';

const Id = z.guid().transform((id) => id.toLowerCase());

/** The parking lot for operators: see, replay, discard. */
@Controller('parked-messages')
@ApiTags('parked messages')
@Roles('operator')
export class ParkedMessagesController {
  constructor(
    @Inject(ParkingRegister) private readonly register: ParkingRegister,
    @Inject(ParkingDesk) private readonly desk: ParkingDesk,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Messages that could not be processed, newest first' })
  @ApiOkResponse({ schema: openApiSchema(listPageOf(ParkedMessage)) })
  @ProblemResponses('unauthorized', 'forbidden', 'invalid-request')
  list(@ZodQuery(ListParkedMessagesQuery) query: ListParkedMessagesQuery): Promise<ListPage<ParkedMessage>> {
    return this.register.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One of them whole: why, from where, since when, and what was done about it' })
  @ApiOkResponse({ schema: openApiSchema(ParkedMessageDetail) })
  @ProblemResponses('unauthorized', 'forbidden', 'not-found')
  find(@ZodParam('id', Id, 'not-found') id: string): Promise<ParkedMessageDetail> {
    return this.desk.find(id);
  }

  @Post('replay')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    summary: 'Send all that fit to their topic again, oldest first',
    description:
      'Each goes through the same door as at first, once. What can’t be processed still, is parked again as a new message that names this one its predecessor. Send the same selection with `nextCursor`, and a new key, until that is null.',
  })
  @ApiOkResponse({ schema: openApiSchema(ParkedMessagesChanged) })
  @IdempotencyKeyHeader()
  @ProblemResponses('unauthorized', 'forbidden', 'invalid-request')
  replayMany(
    @ZodBody(ParkedMessageSelection) selection: ParkedMessageSelection,
    @Caller() caller: Principal,
  ): Promise<ParkedMessagesChanged> {
    return this.desk.actOnMany('replay', selection, caller.sub);
  }

  @Post('discard')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Give up all that fit: they are never processed, and stay on record' })
  @ApiOkResponse({ schema: openApiSchema(ParkedMessagesChanged) })
  @IdempotencyKeyHeader()
  @ProblemResponses('unauthorized', 'forbidden', 'invalid-request')
  discardMany(
    @ZodBody(ParkedMessageSelection) selection: ParkedMessageSelection,
    @Caller() caller: Principal,
  ): Promise<ParkedMessagesChanged> {
    return this.desk.actOnMany('discard', selection, caller.sub);
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    summary: 'Send one of them to its topic again',
    description: 'Of one that was replayed already: 200, and nothing more happens.',
  })
  @ApiOkResponse({ schema: openApiSchema(ParkedMessageDetail) })
  @IdempotencyKeyHeader()
  @ProblemResponses(
    'unauthorized',
    'forbidden',
    'not-found',
    'parked-message-settled',
    'parked-message-not-replayable',
  )
  replay(
    @ZodParam('id', Id, 'not-found') id: string,
    @Caller() caller: Principal,
    @Body(EmptyBodyPipe) _nothing?: undefined,
  ): Promise<ParkedMessageDetail> {
    return this.desk.actOnOne('replay', id, caller.sub);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    summary: 'Give one of them up: it is never processed, and stays on record',
    description: 'Of one that was discarded already: 200, and nothing more happens.',
  })
  @ApiOkResponse({ schema: openApiSchema(ParkedMessageDetail) })
  @IdempotencyKeyHeader()
  @ProblemResponses('unauthorized', 'forbidden', 'not-found', 'parked-message-settled')
  discard(
    @ZodParam('id', Id, 'not-found') id: string,
    @Caller() caller: Principal,
    @Body(EmptyBodyPipe) _nothing?: undefined,
  ): Promise<ParkedMessageDetail> {
    return this.desk.actOnOne('discard', id, caller.sub);
  }
}
