import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';

/** Order's own tables as somebody maps them who has TypeORM do everything. */
@Entity('product')
export class Product {
  @PrimaryColumn('text')
  sku!: string;

  @Column('bigint', { name: 'unit_price' })
  unitPrice!: string;

  @Column('text')
  currency!: string;
}

@Entity('orders')
export class PlacedOrder {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text', { name: 'customer_id' })
  customerId!: string;

  @Column('text')
  status!: string;

  @Column('int')
  version!: number;

  @Column('bigint')
  total!: number;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'note_json', nullable: true })
  note!: string | null;

  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @OneToMany(
    () => PlacedLine,
    (line) => line.order,
    { cascade: ['insert'] },
  )
  lines!: Relation<PlacedLine>[];
}

@Entity('order_line')
export class PlacedLine {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('smallint')
  position!: number;

  @Column('text')
  sku!: string;

  @Column('int')
  quantity!: number;

  @Column('bigint', { name: 'unit_price' })
  unitPrice!: number;

  @ManyToOne(
    () => PlacedOrder,
    (order) => order.lines,
  )
  @JoinColumn({ name: 'order_id' })
  order!: Relation<PlacedOrder>;
}

@Entity('outbox')
export class OutboxEvent {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  topic!: string;

  @Column('text')
  key!: string;

  @Column('int')
  bucket!: number;

  @Column('json')
  headers!: object;

  @Column('bytea')
  payload!: Buffer;
}

/** The textbook's table of keys: taken first, completed last. */
@Entity('idempotency_key')
export class TextbookKey {
  @PrimaryColumn('text')
  scope!: string;

  @PrimaryColumn('text')
  key!: string;

  @Column('text')
  status!: string;

  @Column('text')
  fingerprint!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'processed_at', nullable: true })
  processedAt!: Date | null;

  @Column('smallint', { name: 'response_status', nullable: true })
  responseStatus!: number | null;

  @Column('bytea', { name: 'response_body', nullable: true })
  responseBody!: Buffer | null;
}

export const orderTables = [Product, PlacedOrder, PlacedLine, OutboxEvent, TextbookKey];
