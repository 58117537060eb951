import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { fromBigint } from './from-bigint.js';
import type { Movement } from './movement.js';

/** One change of a SKU's stock, and why. */
@Entity('stock_movement')
export class StockMovementEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  kind!: Movement['kind'];

  @Column('bigint', { name: 'delta_available', transformer: fromBigint })
  deltaAvailable!: number;

  @Column('bigint', { name: 'delta_reserved', transformer: fromBigint })
  deltaReserved!: number;

  @Column('json', { nullable: true })
  reason!: string | null;

  @Column('text', { name: 'order_id', nullable: true })
  orderId!: string | null;

  @Column('text', { nullable: true })
  actor!: string | null;
}
