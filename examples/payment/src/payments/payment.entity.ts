import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What this service knows of a payment: written in the commit that stores the answer. */
@Entity('payment')
export class Payment {
  @PrimaryColumn('text')
  reference!: string;

  /** Minor units. */
  @Column('integer')
  amount!: number;

  @Column('text', { name: 'charge_id' })
  chargeId!: string;
}
