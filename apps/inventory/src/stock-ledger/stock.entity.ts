import { Column, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { fromBigint } from './from-bigint.js';

/** What there is of a SKU, for handlers that use TypeORM's repositories. */
@Entity('stock')
export class StockEntity {
  @PrimaryColumn('text')
  sku!: string;

  @Column('bigint', { transformer: fromBigint })
  available!: number;

  @Column('bigint', { transformer: fromBigint })
  reserved!: number;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
