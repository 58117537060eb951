import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { engineConnectionOptions, IdempotencyKeysController, IdempotencyModule } from '@semel/idempotency';
import { Payment } from './payments/payment.entity.js';
import { PaymentProvider } from './payments/payment-provider.js';
import { PaymentsController } from './payments/payments.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL ?? '',
      entities: [Payment],
      installExtensions: false,
      extra: { ...engineConnectionOptions(), max: Number(process.env.POOL_SIZE ?? 10) },
    }),
    TypeOrmModule.forFeature([Payment]),
    // A real service says here who the caller is: scope: (request) => request.user.sub.
    IdempotencyModule.forRoot({ leases: { lease: Number(process.env.LEASE_SECONDS ?? 15) } }),
  ],
  controllers: [PaymentsController, IdempotencyKeysController],
  providers: [PaymentProvider],
})
export class AppModule {}
