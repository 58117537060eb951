import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ListPage, ListQuery, listPageOf, Product, Sku } from '@semel/contracts';
import { decodeCursor, encodeCursor, openApiSchema, ProblemResponses, ZodQuery } from '@semel/service';
import { DataSource } from 'typeorm';
import { read } from '../database/read.js';
import { listProducts, type ProductRow } from './sql/list-products.js';

@Controller('products')
@ApiTags('products')
export class ListProductsController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get()
  @ApiOperation({ summary: 'List the catalogue' })
  @ApiOkResponse({ content: { 'application/json': { schema: openApiSchema(listPageOf(Product)) } } })
  @ProblemResponses('unauthorized', 'invalid-request')
  async list(@ZodQuery(ListQuery) { limit, cursor }: ListQuery): Promise<ListPage<Product>> {
    const after = cursor === undefined ? '' : decodeCursor(Sku, cursor);
    // One more than asked for tells whether there is another page.
    const rows = await read(this.dataSource, listProducts(after, limit + 1));
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { items: page.map(productView), nextCursor: last === undefined ? null : encodeCursor(last.sku) };
  }
}

function productView({ sku, name, unit_price: price, currency }: ProductRow): Product {
  return { sku, name, unitPrice: { amount: Number(price), currency } };
}
