import { Injectable, type PipeTransform, UnprocessableEntityException } from '@nestjs/common';

export interface PaymentBody {
  /** What is paid for, e.g. an order's id. */
  readonly reference: string;
  /** Minor units. */
  readonly amount: number;
}

@Injectable()
export class PaymentBodyPipe implements PipeTransform<unknown, PaymentBody> {
  transform(value: unknown): PaymentBody {
    const { reference, amount }: Partial<Record<keyof PaymentBody, unknown>> = Object(value);
    if (typeof reference !== 'string' || !/^[\w-]{1,64}$/.test(reference)) {
      throw new UnprocessableEntityException('reference: give 1 to 64 letters, digits, - or _.');
    }
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 1 || amount > 1_000_000_000) {
      throw new UnprocessableEntityException(
        'amount: give minor units, a whole number from 1 to 1000000000.',
      );
    }
    return { reference, amount };
  }
}
