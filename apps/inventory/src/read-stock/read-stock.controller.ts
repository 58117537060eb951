import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ListPage, ListQuery, listPageOf, Sku, Stock } from '@semel/contracts';
import { openApiSchema, ProblemResponses, ZodParam, ZodQuery } from '@semel/service';
import { ReadStock } from './read-stock.js';

@Controller('stock')
@ApiTags('stock')
export class ReadStockController {
  constructor(@Inject(ReadStock) private readonly readStock: ReadStock) {}

  @Get()
  @ApiOperation({ summary: 'What there is of each SKU, in the order of the SKUs' })
  @ApiOkResponse({ schema: openApiSchema(listPageOf(Stock)) })
  @ProblemResponses('unauthorized', 'invalid-request')
  list(@ZodQuery(ListQuery) query: ListQuery): Promise<ListPage<Stock>> {
    return this.readStock.list(query);
  }

  @Get(':sku')
  @ApiOperation({ summary: 'What there is of one SKU' })
  @ApiOkResponse({ schema: openApiSchema(Stock) })
  @ProblemResponses('unauthorized', 'not-found')
  find(@ZodParam('sku', Sku, 'not-found') sku: Sku): Promise<Stock> {
    return this.readStock.find(sku);
  }
}
