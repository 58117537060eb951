import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * What this service knows of a payment: written in the commit that stores the answer. One row a charge, and no constraint says
 * so: a row more would be an owner's who had lost his lease, and the specs look for it.
 */
@Entity('payment')
export class Payment {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  reference!: string;

  /** Minor units. */
  @Column('integer')
  amount!: number;

  @Column('text', { name: 'charge_id' })
  chargeId!: string;
}
