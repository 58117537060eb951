import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Inventory's own tables as somebody maps them who has TypeORM do everything. */
@Entity('reservation')
export class Reservation {
  @PrimaryColumn('text', { name: 'order_id' })
  orderId!: string;

  @Column('text', { name: 'customer_id' })
  customerId!: string;

  @Column('text')
  status!: string;
}

@Entity('reservation_line')
export class ReservedLine {
  @PrimaryColumn('text', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('smallint')
  position!: number;

  @Column('text')
  sku!: string;

  @Column('int')
  quantity!: number;
}

@Entity('stock')
export class Stock {
  @PrimaryColumn('text')
  sku!: string;

  @Column('bigint')
  available!: string;

  @Column('bigint')
  reserved!: string;
}
