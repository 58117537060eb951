import { createHash } from 'node:crypto';
import { ConflictException, Controller, Headers, Post, UnprocessableEntityException } from '@nestjs/common';
import { type Order, PlaceOrder } from '@semel/contracts';
import { Caller, type Principal, ZodBody } from '@semel/service';
import { DataSource, type EntityManager } from 'typeorm';
import { runOrderBaseline } from './order-baseline.js';
import { TextbookKey } from './order-tables.js';
import { saveOrder } from './save-order.js';

/** The textbook: a row for the key first, the work, the answer into the row, all in one transaction. */
@Controller('orders')
class TextbookOrders {
  constructor(private readonly dataSource: DataSource) {}

  @Post()
  place(
    @ZodBody(PlaceOrder) body: PlaceOrder,
    @Caller() caller: Principal,
    @Headers('idempotency-key') key: string,
  ): Promise<Order> {
    const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return this.dataSource.transaction((manager) => once(manager, caller.sub, key, fingerprint, body));
  }
}

async function once(
  manager: EntityManager,
  scope: string,
  key: string,
  fingerprint: string,
  body: PlaceOrder,
): Promise<Order> {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const { raw } = await manager
    .createQueryBuilder()
    .insert()
    .into(TextbookKey)
    .values({ scope, key, status: 'Received', fingerprint, createdAt: now, expiresAt })
    .orIgnore()
    .returning('key')
    .execute();
  if (raw.length === 0) {
    const known = await manager.findOneByOrFail(TextbookKey, { scope, key });
    if (known.fingerprint !== fingerprint) throw new UnprocessableEntityException();
    if (known.responseBody === null) throw new ConflictException();
    return JSON.parse(known.responseBody.toString());
  }
  const order = await saveOrder(manager, scope, body);
  await manager.update(
    TextbookKey,
    { scope, key },
    {
      status: 'Processed',
      processedAt: new Date(),
      responseStatus: 201,
      responseBody: Buffer.from(JSON.stringify(order)),
    },
  );
  return order;
}

await runOrderBaseline({ name: 'textbook-table', controller: TextbookOrders });
