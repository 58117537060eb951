import { Body, Controller, Post } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { CurrentOperation, Idempotent, type LeasedOperation } from '@semel/idempotency';
import { Repository } from 'typeorm';
import { Payment } from './payment.entity.js';
import { type PaymentBody, PaymentBodyPipe } from './payment-body.pipe.js';
import { PaymentProvider } from './payment-provider.js';

@Controller('payments')
export class PaymentsController {
  constructor(
    private readonly provider: PaymentProvider,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  @Post()
  @Idempotent({ leased: true })
  async pay(
    @Body(PaymentBodyPipe) body: PaymentBody,
    @CurrentOperation() operation: LeasedOperation,
  ): Promise<Payment> {
    const charge = await operation.step('charge', (call) => this.provider.charge(body, call));
    return operation.finish(() => this.payments.save({ ...body, chargeId: charge.id }));
  }
}
