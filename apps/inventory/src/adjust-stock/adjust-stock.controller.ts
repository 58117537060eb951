import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdjustStock as AdjustStockBody, Sku, Stock } from '@semel/contracts';
import { Idempotent } from '@semel/idempotency';
import {
  Caller,
  IdempotencyKeyHeader,
  openApiSchema,
  type Principal,
  ProblemResponses,
  Roles,
  ZodBody,
  ZodParam,
} from '@semel/service';
import { AdjustStock } from './adjust-stock.js';

@Controller('stock')
@ApiTags('stock')
export class AdjustStockController {
  constructor(@Inject(AdjustStock) private readonly adjustStock: AdjustStock) {}

  @Post(':sku/adjustments')
  @HttpCode(200)
  @Roles('operator')
  @Idempotent()
  @ApiOperation({ summary: 'Adds to what is available of a SKU, once for each key' })
  @ApiOkResponse({ schema: openApiSchema(Stock) })
  @IdempotencyKeyHeader()
  @ProblemResponses('unauthorized', 'forbidden', 'not-found', 'insufficient-stock', 'stock-limit-exceeded')
  adjust(
    @ZodParam('sku', Sku) sku: Sku,
    @ZodBody(AdjustStockBody) body: AdjustStockBody,
    @Caller() caller: Principal,
  ): Promise<Stock> {
    return this.adjustStock.execute(sku, body, caller.sub);
  }
}
