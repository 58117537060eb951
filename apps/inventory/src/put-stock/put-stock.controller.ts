import { Controller, Inject, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PutStock as PutStockBody, Sku, Stock } from '@semel/contracts';
import {
  Caller,
  openApiSchema,
  type Principal,
  ProblemResponses,
  Roles,
  ZodBody,
  ZodParam,
} from '@semel/service';
import { PutStock } from './put-stock.js';

@Controller('stock')
@ApiTags('stock')
export class PutStockController {
  constructor(@Inject(PutStock) private readonly putStock: PutStock) {}

  @Put(':sku')
  @Roles('operator')
  @ApiOperation({ summary: 'Sets what is available of a SKU, and creates the SKU where it is new' })
  @ApiOkResponse({ schema: openApiSchema(Stock) })
  @ProblemResponses(
    'unauthorized',
    'forbidden',
    'payload-too-large',
    'unsupported-media-type',
    'malformed-json',
    'invalid-request',
  )
  put(
    @ZodParam('sku', Sku) sku: Sku,
    @ZodBody(PutStockBody) body: PutStockBody,
    @Caller() caller: Principal,
  ): Promise<Stock> {
    return this.putStock.execute(sku, body.available, caller.sub);
  }
}
