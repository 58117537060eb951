import { Body, Controller, Get, Post } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Idempotent } from '@semel/idempotency';
import { KafkaEvent, KafkaMessageContext } from '@semel/kafka';
import { Outbox } from '@semel/outbox';
import { Column, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';

@Entity()
export class Purchase {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  sku!: string;
}

@Entity()
export class Shipment {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('integer')
  purchaseId!: number;

  @Column('text')
  type!: string;
}

export const purchasesTopic = process.env.TOPIC ?? 'purchases';

@Controller('purchases')
export class PurchasesController {
  constructor(
    @InjectRepository(Purchase) private readonly purchases: Repository<Purchase>,
    @InjectRepository(Shipment) private readonly shipments: Repository<Shipment>,
    private readonly outbox: Outbox,
  ) {}

  @Post()
  @Idempotent()
  async buy(@Body() { sku }: { sku: string }): Promise<Purchase> {
    const purchase = await this.purchases.save({ sku });
    // Placed twice: so it looks to the consumer when a relay dies between the acknowledgement and its mark.
    const types = ['purchase.placed.v1', 'purchase.placed.v1', 'purchase.paid.v1'];
    await this.outbox.append(
      types.map((type) => ({
        topic: purchasesTopic,
        key: String(purchase.id),
        type,
        data: { purchaseId: purchase.id },
      })),
    );
    return purchase;
  }

  @Get()
  async all(): Promise<{ purchases: Purchase[]; shipments: Shipment[] }> {
    const order = { id: 'ASC' } as const;
    return {
      purchases: await this.purchases.find({ order }),
      shipments: await this.shipments.find({ order }),
    };
  }
}

@Controller()
export class ShippingConsumer {
  constructor(@InjectRepository(Shipment) private readonly shipments: Repository<Shipment>) {}

  @KafkaEvent(purchasesTopic)
  @Idempotent({ consumer: 'shipping' })
  async ship(
    @Payload() { purchaseId }: { purchaseId: number },
    @Ctx() { message }: KafkaMessageContext,
  ): Promise<void> {
    await this.shipments.save({ purchaseId, type: message.type });
  }
}
